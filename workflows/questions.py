"""The forms of the letters in the words that reviewers see, in both languages, as data. Pure.

F2 and F4 are those of `lifecycle.md` 9; what a community is asked follows 13.

A decision keeps the questions as they were asked (`as_asked`), so that a later edition of a form rewrites no record.
Whoever changes a word here raises `EDITION`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workflows.dossier import Text

EDITION = "1"


@dataclass(frozen=True)
class Option:
    """One answer to choose."""

    value: str
    words: Text


@dataclass(frozen=True)
class Question:
    """One question. `each` asks it once for every competency, task or principle; without options it is free text.

    `things` are what it is asked about one by one, where the content does not say it.
    """

    code: str
    asked: Text
    options: tuple[Option, ...] = ()
    many: bool = False
    optional: bool = False
    each: str = ""
    things: tuple[Option, ...] = ()


def _text(en: str, fr: str) -> Text:
    return Text(en=en, fr=fr)


def _options(**words: tuple[str, str]) -> tuple[Option, ...]:
    return tuple(Option(value.removeprefix("_"), _text(*both)) for value, both in words.items())


INTERESTS = Question(
    "interests",
    _text("What is your interest in this offer?", "Quel est votre intérêt dans cette offre?"),
    _options(
        none=("None", "Aucun"),
        hires=("We may hire people who hold it", "Nous pourrions embaucher des titulaires"),
        sells=("We sell something that it uses", "Nous vendons quelque chose qui y sert"),
        funds=("We fund it", "Nous la finançons"),
        delivers=("We teach or deliver part of it", "Nous en donnons une partie"),
        owner=("We own, or are owned by, the institution", "L’établissement nous appartient, ou nous lui appartenons"),
        member=("I work or study at the institution", "Je travaille ou j’étudie dans l’établissement"),
    ),
    many=True,
)
MONTHS = Question(
    "months",
    _text("For how long do you stand by this?", "Pendant combien de temps maintenez-vous cet avis?"),
    _options(_12=("12 months", "12 mois"), _24=("24 months", "24 mois"), _36=("36 months", "36 mois")),
)
NAME_PUBLIC = Question(
    "name_public",
    _text("May we show your name?", "Pouvons-nous afficher votre nom?"),
    _options(yes=("Yes", "Oui"), no=("No", "Non")),
)
CHANGED = Question(
    "changed",
    _text(
        "What changed since your last answer? Leave it empty if nothing did.",
        "Qu’est-ce qui a changé depuis votre dernière réponse? Laissez vide si rien n’a changé.",
    ),
    optional=True,
)
COMMENT = Question("comment", _text("Your comment", "Votre commentaire"), optional=True)

F2 = (
    INTERESTS,
    Question(
        "needed",
        _text(
            "Do you need people with these abilities?",
            "Avez-vous besoin de personnes qui ont ces capacités?",
        ),
        _options(
            now=("Now", "Maintenant"),
            in_12_months=("In 12 months", "Dans 12 mois"),
            in_36_months=("In 36 months", "Dans 36 mois"),
            no=("No", "Non"),
        ),
    ),
    Question(
        "importance",
        _text(
            "How important is it in the job, from 1 (not at all) to 5 (essential)?",
            "Quelle est son importance au travail, de 1 (aucune) à 5 (essentielle)?",
        ),
        _options(_1=("1", "1"), _2=("2", "2"), _3=("3", "3"), _4=("4", "4"), _5=("5", "5")),
        each="competency",
    ),
    Question(
        "frequency",
        _text("How often is it used?", "À quelle fréquence sert-elle?"),
        _options(
            daily=("Every day", "Chaque jour"),
            weekly=("Every week", "Chaque semaine"),
            monthly=("Every month", "Chaque mois"),
            rarely=("More rarely", "Plus rarement"),
        ),
        optional=True,
        each="competency",
    ),
    Question(
        "hard_to_find",
        _text("How hard are such people to find?", "Est-il difficile de trouver ces personnes?"),
        _options(
            _1=("Easy", "Facile"),
            _2=("Rather easy", "Plutôt facile"),
            _3=("Neither", "Ni l’un ni l’autre"),
            _4=("Hard", "Difficile"),
            _5=("Very hard", "Très difficile"),
        ),
        optional=True,
        each="competency",
    ),
    Question(
        "missing",
        _text("What is missing or outdated?", "Que manque-t-il, ou qu’est-ce qui est dépassé?"),
        optional=True,
    ),
    Question(
        "level",
        _text("Is the level right for your entry job?", "Le niveau convient-il à votre poste de début?"),
        _options(
            right=("Right", "Il convient"),
            too_low=("Too low", "Trop bas"),
            too_high=("Too high", "Trop élevé"),
            unsure=("Cannot tell", "Je ne sais pas"),
        ),
        optional=True,
    ),
    Question(
        "would",
        _text(
            "What would you do differently for a holder?",
            "Que feriez-vous autrement pour une personne titulaire?",
        ),
        _options(
            interview=("Interview", "La recevoir en entrevue"),
            hire=("Hire", "L’embaucher"),
            promote=("Promote", "La promouvoir"),
            pay=("Pay more", "La payer davantage"),
        ),
        many=True,
        optional=True,
    ),
    Question(
        "basis",
        _text("What is your answer based on?", "Sur quoi repose votre réponse?"),
        _options(
            own_vacancies=("Our own vacancies", "Nos propres postes à pourvoir"),
            sector_data=("Data of our sector", "Les données de notre secteur"),
            opinion=("My opinion", "Mon opinion"),
        ),
        many=True,
    ),
    COMMENT,
)
F4 = (
    INTERESTS,
    Question(
        "compared",
        _text("Compared with your workplace, the task is", "Comparée à votre milieu de travail, la tâche est"),
        _options(same=("The same", "La même"), near=("Near", "Proche"), far=("Far", "Éloignée")),
        each="task",
    ),
    Question(
        "convincing",
        _text(
            "Would passing it convince you that the person can do the job at entry level?",
            "La réussite vous convaincrait-elle que la personne peut faire le travail de début?",
        ),
        _options(
            yes=("Yes", "Oui"),
            with_change=("Yes, with one change", "Oui, avec un changement"),
            no=("No", "Non"),
        ),
    ),
    Question(
        "trust",
        _text(
            "Is the evidence enough to trust; could it be faked?",
            "La preuve suffit-elle pour qu’on s’y fie; pourrait-elle être falsifiée?",
        ),
        _options(
            enough=("It is enough", "Elle suffit"),
            could_be_faked=("It could be faked", "Elle pourrait être falsifiée"),
            unsure=("Cannot judge", "Je ne peux pas en juger"),
        ),
    ),
    Question("change", _text("What would you change, and why?", "Que changeriez-vous, et pourquoi?"), optional=True),
    COMMENT,
)
# The principles of ownership, control, access and possession, each in words for whoever answers.
PRINCIPLES = _options(
    ownership=(
        "What is the community's stays its own: its knowledge, its data, its name",
        "Ce qui est à la communauté reste à elle\u00a0: son savoir, ses données, son nom",
    ),
    control=(
        "The community decides what its knowledge and its data are used for",
        "La communauté décide de l’usage qui est fait de son savoir et de ses données",
    ),
    access=("The community can see what is held about it", "La communauté peut voir ce qui est conservé à son sujet"),
    possession=(
        "Its data lie where it was agreed, with the steward whom it named",
        "Ses données se trouvent où il a été convenu, chez la personne ou l’organisme qu’elle a désigné",
    ),
)
AGREEMENT = (
    Question(
        "respected",
        _text("Is this respected?", "Est-ce respecté?"),
        _options(yes=("Yes", "Oui"), not_yet=("Not yet", "Pas encore"), unsure=("Cannot tell", "Je ne sais pas")),
        each="principle",
        things=PRINCIPLES,
    ),
    Question(
        "decided",
        _text(
            "How did your community come to this answer? Write only what may be kept.",
            "Comment votre communauté est-elle arrivée à cette réponse? N’écrivez que ce qui peut être conservé.",
        ),
        optional=True,
    ),
    COMMENT,
)
FORMS: dict[str, tuple[Question, ...]] = {"relevance": F2, "endorsement": F4, "community": AGREEMENT}
# What an agreement with a community says (`lifecycle.md` 13), in the words under which its parties read it.
TERMS: dict[str, Text] = {
    "protocol": _text("Protocol that was followed", "Protocole suivi"),
    "purposes": _text("Purposes", "Fins"),
    "knowledge": _text("Knowledge that may be used", "Savoir qui peut être utilisé"),
    "attribution": _text("How it is attributed", "Façon de l’attribuer"),
    "data": _text("Where the data lie", "Lieu où se trouvent les données"),
    "steward": _text("Steward, outside the institution", "Responsable des données, hors de l’établissement"),
    "withdrawal": _text("How it is withdrawn", "Façon de la retirer"),
}

# What a supporting answer signs: one statement, one record (`lifecycle.md` 1.2).
STATEMENTS: dict[str, Text] = {
    "relevance": _text(
        "These skills are in demand in our field.", "Ces compétences sont recherchées dans notre domaine."
    ),
    "endorsement": _text("The assessment shows what the job requires.", "L’évaluation montre ce que le travail exige."),
    "community": _text(
        "Our community agrees to what this text describes, under our agreement.",
        "Notre communauté consent à ce que décrit ce texte, selon notre entente.",
    ),
}
DECISIONS: dict[str, Text] = {
    "support": _text("Support", "Appuyer"),
    "support_with_suggestions": _text("Support with suggestions", "Appuyer avec des suggestions"),
    "do_not_support": _text("Do not support", "Ne pas appuyer"),
    "cannot_judge": _text("Cannot judge", "Ne pas pouvoir en juger"),
    "endorse": _text("Endorse", "Donner son aval"),
    "endorse_with_condition": _text("Endorse with a condition", "Donner son aval sous condition"),
    "return": _text("Return with changes", "Renvoyer pour modification"),
    "decline": _text("Decline to endorse", "Refuser son aval"),
    "agree": _text("Agree", "Consentir"),
    "agree_with_condition": _text("Agree with a condition", "Consentir sous condition"),
    "withhold": _text("Do not agree", "Ne pas consentir"),
}
CHOICES_OF: dict[str, tuple[str, ...]] = {
    "relevance": ("support", "support_with_suggestions", "do_not_support", "cannot_judge"),
    "endorsement": ("endorse", "endorse_with_condition", "return", "decline"),
    "community": ("agree", "agree_with_condition", "withhold"),
}
# The sections of which a reviewer may ask changes, in words for somebody who never saw the document.
SECTIONS: dict[str, Text] = {
    "competencies": _text("What people can do afterwards", "Ce que les personnes savent faire ensuite"),
    "assessment": _text("The tasks and how they are run", "Les tâches et leur déroulement"),
    "rubric": _text("The levels and what counts as enough", "Les niveaux et ce qui suffit"),
    "evidence": _text("What is kept as proof, and who sees it", "Les preuves conservées, et qui les voit"),
    "validity": _text("How long it stays valid", "Sa durée de validité"),
}


def _plain(question: Question) -> dict[str, Any]:
    asked: dict[str, Any] = {"code": question.code, "asked": question.asked.model_dump()}
    if question.each:
        asked["each"] = question.each
    if question.things:
        asked["things"] = {thing.value: thing.words.model_dump() for thing in question.things}
    if question.options:
        asked["options"] = {option.value: option.words.model_dump() for option in question.options}
    return asked


def as_asked(kind: str, *, renewed: bool = False) -> list[dict[str, Any]]:
    """Every question of a form as plain data, with its decision and signature, for the record of an answer.

    `renewed`: the short form before a statement ends asks what changed, too.
    """
    decision = Question(
        "decision",
        _text("Decision", "Décision"),
        tuple(Option(choice, DECISIONS[choice]) for choice in CHOICES_OF[kind]),
    )
    statement = Question("statement", STATEMENTS[kind])
    signature = () if kind == "community" else (MONTHS, NAME_PUBLIC)
    changed = (CHANGED,) if renewed else ()
    return [_plain(question) for question in (*FORMS[kind], *changed, decision, statement, *signature)]


def question(kind: str, code: str) -> Question:
    """One question of a form."""
    return next(each for each in (*FORMS[kind], MONTHS, NAME_PUBLIC) if each.code == code)
