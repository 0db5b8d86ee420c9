"""Two nodes that viewflow's open package lacks: one task per seat, and a task that only its seat's person may do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from viewflow.workflow import nodes
from viewflow.workflow.activation import Activation
from viewflow.workflow.exceptions import FlowRuntimeError
from viewflow.workflow.nodes.split import SplitActivation
from viewflow.workflow.token import Token

from workflows.models import SeatState
from workflows.rights import may_answer


class FanOutActivation(SplitActivation):
    """Collects the open seats of the panel and makes one task for each."""

    @Activation.status.super()
    def activate(self) -> None:
        """Refuse an empty panel; carried seats need no task."""
        self.seats = list(self.process.seats.filter(state=SeatState.OPEN).order_by("pk"))
        if not self.seats:
            raise FlowRuntimeError("A panel without an open seat cannot be opened.")

    @Activation.status.super()
    def create_next(self) -> Iterator[Activation]:
        """One task per seat, each with its own split token and the seat as its seed."""
        tokens = Token.split_token_source(self.task.token, self.task.pk)
        for seat in self.seats:
            yield self.flow_task.next_node._create(self, next(tokens), data={}, seed=seat)


class FanOut(nodes.Split):
    """Parallel split over the seats of a panel."""

    activation_class = FanOutActivation

    @property
    def next_node(self) -> Any:
        """The node that each seat's task is an instance of."""
        return self._branches[0][0]


class SeatTask(nodes.View):
    """A person's task in one seat; the right to it is the grant on that seat and nothing wider."""

    def can_assign(self, user: Any, task: Any) -> bool:
        """True when the person holds the grant on the seat itself (the stock method takes a global one too)."""
        return not task.owner_id and may_answer(user, task.seed)
