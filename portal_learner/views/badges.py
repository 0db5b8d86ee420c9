"""A badge of one's own: see what it will say, accept it, show it, give it back."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from credentials import sharing
from credentials.models import Credential
from credentials.picture import picture_of, svg
from credentials.reading import read_badge
from credentials.verdict import Verdict
from people.web import person, see_other, show, signed_in
from portal_learner.forms import ConfirmForm, OfferForm, ShareForm, WordsForm
from portal_learner.views.courses import posted, sent
from workflows import own_course
from workflows.actions import awarding, revoking
from workflows.actions import sharing as verbs
from workflows.own_course import Course


def own(request: HttpRequest, public_id: UUID) -> tuple[Credential, Course]:
    """A badge of this earner, with its course; for everybody else there is none."""
    return own_course.badge_of(person(request), public_id)


def accepted(request: HttpRequest, public_id: UUID) -> tuple[Credential, Course]:
    """The same, when it was accepted, so that it can be shown and taken along."""
    badge, course = own(request, public_id)
    if badge.document is None or badge.acceptance != Credential.Acceptance.ACCEPTED:
        raise Http404
    return badge, course


def _picture(badge: Credential) -> str:
    return svg(picture_of(dict(badge.document or badge.plan), sample=bool(settings.DEMO)))


@require_http_methods(["GET", "POST"])
@signed_in
def offer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """C1 to C3: what the badge will say and what becomes public; agree and accept in one step."""
    badge, course = own(request, public_id)
    if course.waits != "accept":
        return see_other(request, "", "learner:badge", public_id)
    user = person(request)
    form = OfferForm(sent(request), name=user.name)
    if posted(
        request,
        form,
        lambda: awarding.answer_badge(
            credential_id=badge.pk, actor=user, accept=True, name_shown=form.cleaned_data["name_shown"] == "yes"
        ),
    ):
        return see_other(
            request, _("The badge is yours. Nobody sees it until you show it."), "learner:badge", public_id
        )
    said = dict(awarding.preview_badge(credential_id=badge.pk, actor=user))
    reading = read_badge(said, Verdict(()))
    context = {
        "badge": badge,
        "course": course,
        "form": form,
        "drawn": _picture(badge),
        "reading": reading,
        "endorsers": list(dict.fromkeys(endorser.issuer for endorser in reading.endorsers)),
    }
    return show(request, "learner/offer.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def decline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """C3: decline; the award stays on record."""
    badge, course = own(request, public_id)
    if course.waits != "accept":
        return see_other(request, "", "learner:badge", public_id)
    form = ConfirmForm(sent(request))
    if posted(
        request, form, lambda: awarding.answer_badge(credential_id=badge.pk, actor=person(request), accept=False)
    ):
        return see_other(request, _("You declined the badge."), "learner:home")
    return show(request, "learner/decline.html", {"badge": badge, "course": course, "form": form})


@require_GET
@signed_in
def badge(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The badge, who may see it, who looked, and what one may do with it."""
    found, course = own(request, public_id)
    if course.waits == "accept":
        return see_other(request, "", "learner:offer", public_id)
    links = sharing.links_of(found)
    context = {
        "badge": found,
        "course": course,
        "drawn": _picture(found),
        "links": [(link, f"{settings.BASE_URL}/s/{sharing.token_of(link)}", sharing.is_open(link)) for link in links],
        "told": own_course.reasons_for(person(request), found),
        "public_address": f"{settings.BASE_URL}/badges/{found.public_id}",
        "linkedin": _linkedin(found) if found.public else "",
    }
    return show(request, "learner/badge.html", context)


def _linkedin(badge: Credential) -> str:
    """The form of LinkedIn for a certification, filled in; nothing is sent there unless the earner follows the link."""
    fields = {
        "startTask": "CERTIFICATION_NAME",
        "name": str(badge.achievement),
        "organizationName": badge.issuer.name,
        "issueYear": badge.awarded_at.year,
        "issueMonth": badge.awarded_at.month,
        "certUrl": f"{settings.BASE_URL}/badges/{badge.public_id}",
        "certId": str(badge.public_id),
    }
    if badge.valid_until is not None:
        fields |= {"expirationYear": badge.valid_until.year, "expirationMonth": badge.valid_until.month}
    return f"https://www.linkedin.com/profile/add?{urlencode(fields)}"


@require_http_methods(["GET", "POST"])
@signed_in
def share(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A new link for one recipient."""
    found, course = accepted(request, public_id)
    form = ShareForm(sent(request), evidence=course.evidence)
    if posted(
        request,
        form,
        lambda: verbs.share_badge(
            credential_id=found.pk,
            actor=person(request),
            label=form.cleaned_data["label"],
            ends_on=form.cleaned_data["ends_on"],
            items=form.cleaned_data.get("items", []),
        ),
    ):
        return see_other(request, _("The link is made. Copy it below."), "learner:badge", public_id, anchor="links")
    return show(request, "learner/share.html", {"badge": found, "course": course, "form": form})


@require_POST
@signed_in
def end_share(request: HttpRequest, public_id: UUID, link_id: UUID) -> HttpResponse:
    """Close a link."""
    found, _course = accepted(request, public_id)
    link = next((link for link in sharing.links_of(found) if link.public_id == link_id), None)
    if link is None:
        raise Http404
    verbs.end_share(link_id=link.pk, actor=person(request))
    return see_other(request, _("The link shows nothing any more."), "learner:badge", public_id, anchor="links")


@require_POST
@signed_in
def visibility(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give the badge a public page, or take it away."""
    found, _course = accepted(request, public_id)
    public = request.POST.get("public") == "yes"
    verbs.show_badge(credential_id=found.pk, actor=person(request), public=public)
    words = _("The badge has a public page now.") if public else _("The badge has no public page any more.")
    return see_other(request, words, "learner:badge", public_id)


@require_http_methods(["GET", "POST"])
@signed_in
def correct(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask for a corrected name."""
    found, course = own(request, public_id)
    label = gettext_lazy("How should your name read, and why?")
    form = WordsForm(sent(request), label=label)
    if posted(
        request,
        form,
        lambda: verbs.ask_correction(credential_id=found.pk, actor=person(request), text=form.cleaned_data["text"]),
    ):
        words = _("The institution is asked. When it agrees, a new badge replaces this one; nothing is lost meanwhile.")
        return see_other(request, words, "learner:badge", public_id)
    return show(request, "learner/correct.html", {"badge": found, "course": course, "form": form})


@require_http_methods(["GET", "POST"])
@signed_in
def answer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Answer a suspension, before anybody decides."""
    found, course = own(request, public_id)
    if found.status != Credential.Status.SUSPENDED:
        raise Http404
    form = WordsForm(sent(request), label=gettext_lazy("What do you answer?"))
    if posted(
        request,
        form,
        lambda: revoking.answer_suspension(
            credential_id=found.pk, actor=person(request), text=form.cleaned_data["text"]
        ),
    ):
        return see_other(request, _("Your answer is with the quality office."), "learner:badge", public_id)
    return show(request, "learner/answer.html", {"badge": found, "course": course, "form": form})


@require_http_methods(["GET", "POST"])
@signed_in
def surrender(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """C7: give the badge back; for seven days one may keep it after all."""
    found, course = accepted(request, public_id)
    if found.status != Credential.Status.ISSUED or found.surrender_asked_at is not None:
        raise Http404
    form = ConfirmForm(sent(request))
    if posted(request, form, lambda: revoking.surrender_badge(credential_id=found.pk, actor=person(request))):
        return see_other(request, _("You gave the badge back."), "learner:badge", public_id)
    return show(request, "learner/surrender.html", {"badge": found, "course": course, "form": form})


@require_POST
@signed_in
def keep(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """C7: keep it after all."""
    found, _course = accepted(request, public_id)
    revoking.keep_badge(credential_id=found.pk, actor=person(request))
    return see_other(request, _("You keep the badge."), "learner:badge", public_id)
