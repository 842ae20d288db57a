"""Errors of requests as problem details (RFC 9457): one JSON document, regardless of Accept."""

from __future__ import annotations

import json

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias

import attrs

import symphony_types as types

from symphony_types.checks import IntRange

from ..errors import DecodeError
from ..registry import get_codec
from .http import NotAcceptableError, UnsupportedMediaTypeError


__all__ = ["PROBLEM_TYPE", "STATUSES", "Problem", "Statuses", "problem_of_error", "problem_of_request"]

PROBLEM_TYPE: Final = "application/problem+json"
"""The media type of problem details."""

Statuses: TypeAlias = Mapping[type[types.SymphonyError], int]
"""The status codes of errors, by class; an error gets the code of its nearest class."""

STATUSES: Final[Statuses] = {
    types.IpcAuthenticationFailedError: 401,
    types.PermissionDeniedError: 403,
    types.ExtensionCapabilityDeniedError: 403,
    types.ArtifactNotFoundError: 404,
    types.ExtensionNotFoundError: 404,
    types.ResourceNotFoundError: 404,
    types.WorkflowNotFoundError: 404,
    types.WorkflowNodeNotFoundError: 404,
    types.ArtifactAlreadyExistsError: 409,
    types.ExtensionAlreadyLoadedError: 409,
    types.WorkflowAlreadyRunningError: 409,
    types.ResourceLockedError: 423,
    types.IpcRateLimitExceededError: 429,
}
"""Errors that the client can correct. All others are failures of the server, whose details a client does not get."""

# The body is not a document at all, rather than one of another type.
_BROKEN: Final = frozenset({"syntax", "trailing_bytes"})


# RFC 9110, section 15: an unknown status code counts as the first of its class.
_CLASSES: Final = {1: "Informational", 2: "Successful", 3: "Redirection", 4: "Client Error", 5: "Server Error"}


def _phrase(problem: Problem) -> str:
    try:
        return HTTPStatus(problem.status).phrase
    except ValueError:
        return _CLASSES.get(problem.status // 100, "")


@attrs.frozen(kw_only=True)
class Problem:
    """
    Problem details.

    Args:
        status: The status code, 100 to 599.
        detail: The error of this request; empty: nothing beyond the status.
        title: The kind of problem; by default the phrase of the status code, or of its class if it is not registered.
        headers: Headers of the response besides the content type.
        more: Extension members, as builtins that JSON can represent.

    Raises:
        FieldError: The status code is out of its range.
    """

    status: int = attrs.field(validator=IntRange(100, 599))
    detail: str = ""
    title: str = attrs.field(default=attrs.Factory(_phrase, takes_self=True))
    headers: tuple[tuple[str, str], ...] = ()
    more: Mapping[str, Any] = attrs.field(factory=dict)

    @property
    def document(self) -> bytes:
        """The body of the response."""
        detail = {"detail": self.detail} if self.detail else {}
        members = {"type": "about:blank", "title": self.title, "status": self.status, **detail, **self.more}
        return json.dumps(members, ensure_ascii=False).encode("utf-8", "backslashreplace")


def problem_of_request(error: NotAcceptableError | UnsupportedMediaTypeError | DecodeError) -> Problem:
    """
    Return the problem for an error in the headers or the body of a request.

    A body that is too large is 413, one that is not a document 400, and one of another type 422, with all issues.

    Args:
        error: The error of decoding the request.
    """
    if not isinstance(error, DecodeError):
        return Problem(status=error.status, detail=str(error), headers=error.headers)
    codes = {issue.code for issue in error.issues if not issue.path}
    status = 413 if "too_large" in codes else 400 if codes & _BROKEN else 422
    return Problem(status=status, detail=error.reason, more={"issues": [*map(_issue, error.issues)]})


def _issue(issue: types.Issue) -> dict[str, Any]:
    return {"path": issue.location, "code": issue.code, "message": issue.message}


def problem_of_error(error: types.SymphonyError, statuses: Statuses = STATUSES) -> Problem | None:
    """
    Return the problem for an error of the application, with the error in the member ``error``.

    Args:
        error: The error.
        statuses: The status codes of errors.

    Returns:
        The problem; ``None``: no class of the error has a status, so it is a failure of the server.
    """
    found = next((cls for cls in type(error).__mro__ if cls in statuses), None)
    if found is None:
        return None
    document = get_codec("json").encode(error, types.SymphonyError)
    return Problem(status=statuses[found], detail=str(error), more={"error": json.loads(document)})
