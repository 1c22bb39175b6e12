"""The SDK that agents import: light, and free of the server packages."""

from wakeline import thresholds
from wakeline.blocks import Block
from wakeline.carrying import A2A, MCP, extracted, inject
from wakeline.events import change, decision, effect, handoff, outcome, progress, read, write
from wakeline.installing import flush, init, shutdown
from wakeline.loop_guard import Loop, LoopGuard
from wakeline.scopes import case, decides, intent
from wakeline.steps import Step, agent, tool

__all__ = [
    "A2A",
    "MCP",
    "Block",
    "Loop",
    "LoopGuard",
    "Step",
    "agent",
    "case",
    "change",
    "decides",
    "decision",
    "effect",
    "extracted",
    "flush",
    "handoff",
    "init",
    "inject",
    "intent",
    "outcome",
    "progress",
    "read",
    "shutdown",
    "thresholds",
    "tool",
    "write",
]
