"""All dashboards, in the order in which somebody on call goes through them."""

from dashboards import (
    agent,
    cost,
    drift,
    fleet,
    freshness,
    governance,
    incidents,
    loops,
    platform,
)
from dashboards.board import Board

BOARDS: tuple[Board, ...] = (
    fleet.BOARD,
    agent.BOARD,
    loops.BOARD,
    drift.BOARD,
    incidents.BOARD,
    governance.BOARD,
    freshness.BOARD,
    cost.BOARD,
    platform.BOARD,
)
