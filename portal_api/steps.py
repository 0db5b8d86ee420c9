"""Steps of a version: which are possible, and carrying one out. One address per step, so that each body is typed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from people.errors import Refusal
from portal_api import schemas as s
from portal_api.acts import ACTS, IN_PORTAL, Act, StepIn, arguments
from portal_api.door import BEARERS, caller, case_for, once, version_for
from portal_api.words import lazy as _
from workflows.possible import refuse

router = Router(tags=["steps"])


class OnlyInPortal(Refusal):
    """The step asks for a person in person."""

    status = 403
    sentence = _("“%(act)s” is done by a person in the portal: a fresh code or a whole page stands before it.")


@router.get(
    "/{uuid:version_id}/steps",
    auth=BEARERS["cases:read"],
    response=list[s.StepOut],
    summary=_("Which steps are possible, and what stands in the way of the others"),
)
def steps(request: HttpRequest, version_id: UUID) -> list[s.StepOut]:
    """As far as can be known before; the verb asks again under the lock."""
    case, person = case_for(request, version_id), caller(request).person
    found = []
    for act in (*ACTS, *IN_PORTAL):
        refused = ""
        try:
            refuse(case, person, act)
        except Refusal as refusal:
            refused = str(refusal.sentence)
        found.append(
            s.StepOut(act=act, where="api" if act in ACTS else "portal", possible=not refused, refused=refused)
        )
    return found


def _carry_out(act: Act) -> Any:
    def step(request: HttpRequest, version_id: UUID, body: StepIn) -> tuple[int, s.VersionOut]:
        found = version_for(request, version_id)
        act.verb(version_id=found.pk, actor=caller(request).person, **arguments(body))
        return 200, s.of_version(version_for(request, version_id))

    step.__name__ = act.name
    step.__doc__ = "The same verb as on the page, with its separation of duties. A refusal changes nothing."
    step.__annotations__ = {"request": HttpRequest, "version_id": UUID, "body": act.body}
    return once(step)


for _act in ACTS.values():
    router.post(
        f"/{{uuid:version_id}}/steps/{_act.name}",
        auth=BEARERS[_act.scope],
        response=s.VersionOut,
        summary=_act.summary,
        url_name=f"step_{_act.name}",
    )(_carry_out(_act))


@router.post("/{uuid:version_id}/steps/{slug:act}", auth=BEARERS["cases:decide"], include_in_schema=False)
def elsewhere(request: HttpRequest, version_id: UUID, act: str) -> None:
    """What stays in the portal says so by name; the rest does not exist."""
    version_for(request, version_id)
    if act in IN_PORTAL:
        raise OnlyInPortal(act=act)
    raise Refusal(_("There is no step of this name."))
