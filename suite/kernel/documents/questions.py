"""A question one suite asks without knowing who answers: exactly one receiver, in the same transaction, checked at start."""

from collections.abc import Callable
from typing import Any

_questions: list["Question"] = []


class Question:
    """Asked with `ask(**facts)`; answered by the one function registered with `answered_by`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._answer: Callable[..., Any] | None = None
        _questions.append(self)

    def answered_by(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Register the answer. Raises RuntimeError when there is one already."""
        if self._answer is not None and self._answer is not function:
            raise RuntimeError(f"{self.name} is answered twice.")
        self._answer = function
        return function

    def ask(self, **facts: Any) -> Any:
        """The answer to these facts. Raises RuntimeError where nobody answers."""
        if self._answer is None:
            raise RuntimeError(f"Nobody answers {self.name}.")
        return self._answer(**facts)


def unanswered() -> list[str]:
    """Names of questions that nobody answers (a start-up check refuses them)."""
    return [question.name for question in _questions if question._answer is None]
