"""Words that must not be left alone at the end of a line, by language.

Articles, prepositions, conjunctions, possessives, negations and auxiliaries lean on what follows; a line that ends
in one reads as if it stumbled (the rule list of subtitling: break before them, after punctuation).
"""

from __future__ import annotations

from functools import lru_cache

WORDS = {
    "en": """a an the of to and or nor but so for in on at by with from as than into onto over under about after
        before until till per via if that this these those my your his her its our their no not never is are was
        were be am will would can could shall should may might must do does did has have had we i you he she
        it they one who which when while where how why all every each some any only just very too more most less""",
    "fr": """le la les un une des du de d’ l’ à au aux et ou ni mais car donc or en dans par pour sur sous sans avec
        vers chez entre dès que qui quoi dont où si ne pas plus très trop mon ma mes ton ta tes son sa ses notre nos
        votre vos leur leurs ce cet cette ces est sont était suis es sommes êtes a ai as ont avons avez je tu il elle
        on nous vous ils elles se me te y comme quand tout toute tous toutes chaque c’est n’est""",
    "de": """der die das den dem des ein eine einen einem einer eines und oder aber denn doch in im ins an am ans auf
        aus bei beim mit nach von vom vor zu zum zur für über unter ohne durch gegen um bis seit als wie wenn dass
        weil ob nicht kein keine keinen nie ist sind war waren wird werden bin bist hat haben habe hatte kann muss
        soll will darf mein meine dein deine sein seine ihr ihre unser unsere euer eure ich du er sie es wir man so
        sehr nur noch schon auch zwischen jede jeder jedes jeden alle""",
    "es": """el la los las un una unos unas de del a al y e o u ni pero que en con por para sin sobre entre hasta
        desde como si no muy más mi tu su mis tus sus nuestro nuestra es son está están ha han se me te le lo""",
    "it": """il lo la i gli le un uno una di del dello della dei degli delle a al allo alla ai alle e ed o ma che in
        nel nella con per da dal dalla su sul sulla tra fra come se non più molto mio mia tuo tua suo sua è sono ha
        hanno si mi ti ci""",
    "pt": """o a os as um uma de do da dos das em no na nos nas e ou mas que com por para pelo pela sem sobre entre
        até como se não mais muito meu minha seu sua é são está estão há""",
    "nl": """de het een en of maar van in op aan bij met naar uit voor door over onder om tot te als dat die dit deze
        niet geen is zijn was wordt heeft hebben mijn jouw je zijn haar ons onze hun ik hij ze we er zo zeer""",
}

TIGHT = {
    "en": "a an the my your his her its our their",
    "fr": """le la les l’ un une des du d’ au aux mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs ce cet
        cette ces""",
    "de": """der die das den dem des ein eine einen einem einer eines im ins am ans beim vom zum zur kein keine keinen mein
        meine dein deine sein seine ihr ihre unser unsere euer eure""",
    "es": "el la los las un una unos unas del al mi tu su mis tus sus nuestro nuestra",
    "it": "lo la i gli le un uno una del dello della dei degli delle al allo alla ai alle mio mia tuo tua suo sua",
    "pt": "o a os as um uma do da dos das no na nos nas pelo pela meu minha seu sua",
    "nl": "de het een mijn jouw je zijn haar ons onze hun dit deze die dat geen",
}
"""Of these, the ones that no reader expects to be parted from: articles and possessives."""


@lru_cache(maxsize=32)
def tight_words(locale: str) -> frozenset[str]:
    """Words (lower case) that hold the next one tightest in a locale's language."""
    return frozenset(TIGHT.get(locale.split("-", maxsplit=1)[0].lower(), TIGHT["en"]).split())


@lru_cache(maxsize=32)
def stranded_words(locale: str) -> frozenset[str]:
    """Words (lower case) that lean on the next one in a locale's language; English for a language without a list."""
    return frozenset(WORDS.get(locale.split("-", maxsplit=1)[0].lower(), WORDS["en"]).split())
