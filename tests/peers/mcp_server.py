"""A server of the Model Context Protocol over stdio, made with the reference SDK; `test_mcp.py` starts it."""

from __future__ import annotations

import anyio

from mcp.server.mcpserver import Context, MCPServer
from pydantic import BaseModel


server = MCPServer("peer", version="1.2.3")
doors: dict[str, anyio.Event] = {}


class Name(BaseModel):
    """The answer that `greet` asks for."""

    name: str


@server.tool()
def add(a: int, b: int) -> int:
    """Add two integers."""
    return a + b


@server.tool()
def echo(text: str) -> str:
    """Return the text."""
    return text


@server.tool()
async def wait(door: str) -> str:
    """Wait until the door is open."""
    await doors.setdefault(door, anyio.Event()).wait()
    return f"went through {door}"


@server.tool(name="open")
async def open_(door: str) -> str:
    """Open a door."""
    doors.setdefault(door, anyio.Event()).set()
    return f"opened {door}"


@server.tool()
async def count(to: int, ctx: Context) -> int:
    """Count, and report the progress."""
    for number in range(1, to + 1):
        await ctx.report_progress(number, to, f"é{number}")
    return to


@server.tool()
async def greet(ctx: Context) -> str:
    """Ask the client for a name, and greet it."""
    answer = await ctx.elicit("Who is there?", Name)
    return f"hello {answer.data.name}" if answer.action == "accept" else f"they {answer.action}"


if __name__ == "__main__":
    server.run("stdio")
