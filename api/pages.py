"""The page at /: what runs here, and where to go on."""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Wakeline</title>
<style>
:root { color-scheme: light dark; font: 1.125rem/1.6 system-ui, sans-serif }
body { margin: 0 auto; max-width: 38rem; padding: 2rem 1rem }
li { padding: .25rem 0 }
a { padding: .25rem }
a:focus-visible { outline: 3px solid }
</style>
</head>
<body>
<main>
<h1>Wakeline</h1>
<p>This is the API of a running instance. It follows the wake of what AI agents did: from the
outcome back to the cause.</p>
<p><a href="findings">Findings</a>: what went wrong, with its evidence.
<a href="chains">Chains</a>: what led to bad outcomes, and what undoes it.</p>
<ul>
<li><a href="healthz">healthz</a>: is it alive? Counts the newest spans.</li>
<li><a href="v1/status">v1/status</a>: lag, queue, dead letters, disk, services last seen.</li>
<li><a href="metrics">metrics</a>: for Prometheus.</li>
<li><a href="openapi.json">openapi.json</a>: every route, for programs.</li>
</ul>
<p>Where API keys are required, send <code>Authorization: Bearer KEY</code>.</p>
</main>
</body>
</html>
"""
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
