"""What `wakeline demo` plays: three stories and a healthy fleet, recorded by the SDK."""
