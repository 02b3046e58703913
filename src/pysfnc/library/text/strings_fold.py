"""`str.casefold`: what differs from the small letters. Its table is Unicode's, which promises not to change it for a character that exists."""

from typing import Final

from pysfnc.jsonata.tree import IfElse, Regex
from pysfnc.library.rows.make import call, choose, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.shapes import amp, bind, block, fn, refs
from pysfnc.library.rows.signature import on_text
from pysfnc.values.types import STR

_PAIRS: Final = (  # Each character, and behind it what it becomes.
    "µμ ßss ŉʼn ſs ǰj\u030c \u0345ι ΐι\u0308\u0301 ΰυ\u0308\u0301 ςσ ϐβ ϑθ ϕφ ϖπ ϰκ ϱρ ϵε ևեւ ᲀв ᲁд ᲂо "
    "ᲃс ᲄт ᲅт ᲆъ ᲇѣ ᲈꙋ ẖh\u0331 ẗt\u0308 ẘw\u030a ẙy\u030a ẚaʾ ẛṡ ẞss ὐυ\u0313 ὒυ\u0313\u0300 "
    "ὔυ\u0313\u0301 ὖυ\u0313\u0342 ᾀἀι ᾁἁι ᾂἂι ᾃἃι ᾄἄι ᾅἅι ᾆἆι ᾇἇι ᾈἀι ᾉἁι ᾊἂι ᾋἃι ᾌἄι ᾍἅι ᾎἆι ᾏἇι ᾐἠι "
    "ᾑἡι ᾒἢι ᾓἣι ᾔἤι ᾕἥι ᾖἦι ᾗἧι ᾘἠι ᾙἡι ᾚἢι ᾛἣι ᾜἤι ᾝἥι ᾞἦι ᾟἧι ᾠὠι ᾡὡι ᾢὢι ᾣὣι ᾤὤι ᾥὥι ᾦὦι ᾧὧι ᾨὠι ᾩὡι "
    "ᾪὢι ᾫὣι ᾬὤι ᾭὥι ᾮὦι ᾯὧι ᾲὰι ᾳαι ᾴάι ᾶα\u0342 ᾷα\u0342ι ᾼαι ιι ῂὴι ῃηι ῄήι ῆη\u0342 ῇη\u0342ι ῌηι "
    "ῒι\u0308\u0300 ΐι\u0308\u0301 ῖι\u0342 ῗι\u0308\u0342 ῢυ\u0308\u0300 ΰυ\u0308\u0301 ῤρ\u0313 "
    "ῦυ\u0342 ῧυ\u0308\u0342 ῲὼι ῳωι ῴώι ῶω\u0342 ῷω\u0342ι ῼωι ﬀff ﬁfi ﬂfl ﬃffi ﬄffl ﬅst ﬆst ﬓմն ﬔմե "
    "ﬕմի ﬖվն ﬗմխ"
)
_CHEROKEE: Final = r"[\u13a0-\u13fd\uab70-\uabbf]"
"""These become their capital letters."""
_s, _c, _p = refs("s c p")

define(
    "py_fold",
    ("c",),
    block(
        bind("p", text(f" {_PAIRS} ")),
        choose(
            [
                (
                    call("contains", _p, amp(text(" "), _c)),
                    call("substringBefore", call("substringAfter", _p, amp(text(" "), _c)), text(" ")),
                ),
                (call("contains", _c, Regex(_CHEROKEE)), call("uppercase", _c)),
            ],
            call("lowercase", _c),
        ),
    ),
)
define(
    "py_casefold",
    ("s",),
    IfElse(
        call("contains", _s, Regex(r"[^\u0000-\u007f]")),
        call("join", call("map", call("py_chars", _s), fn("c", call("py_fold", _c)))),
        call("lowercase", _s),
    ),
)
on_text(
    "casefold",
    "py_casefold",
    STR,
    [f"'{value}'.casefold()" for value in ("Abc", "", "Straße", "ﬁ ŉ", "ΑΣ ς", "İ", "ꭰᎠ", "é É", "ᾳ", "a b", "😀 µ")],
)
