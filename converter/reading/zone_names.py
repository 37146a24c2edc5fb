"""The abbreviations of time zones that people write behind a time -> their distance from UTC."""

from collections.abc import Mapping

_MINUTES = {
    -720: "aoe idlw",
    -660: "nt nut sst",
    -600: "ckt hst ahst hast taht",
    -540: "hdt yst akst gamt hadt",
    -510: "mart",
    -480: "pst ydt akdt",
    -420: "mst pdt",
    -360: "cst mdt east galt",
    -300: "cdt cot ect est pet cist",
    -240: "ast bot clt edt fkt gyt vet",
    -180: "adt art brt gft srt uyt wgt clst fkst pmst pyst rott",
    -150: "nst",
    -120: "at fnt brst pmdt uyst wgst",
    -90: "ndt",
    -60: "cvt egt azot",
    0: "ut wt gmt utc wet egst",
    60: "bst cet fwt met mez swt wat mewt west",
    120: "cat eet fle fst gtb cest mest mesz sast wast",
    180: "bt eat fet idt msk trt eest syot",
    210: "irst",
    240: "azt get msd mut ret sct kuyt samt",
    270: "aft irdt",
    300: "mvt pkt tft tjt tmt uzt aqtt azst mawt orat yekt",
    330: "ist",
    345: "npt",
    360: "btt iot kgt almt omst qyzt vost",
    390: "cct mmt",
    420: "cxt ict wib davt hovt krat novt",
    480: "bnt hkt myt pht sgt awst cast chot irkt ulat wadt wita",
    540: "jst kst pwt tlt wit awdt yakt",
    570: "acst",
    600: "gst pgt aest chst chut ddut vlat yapt",
    630: "acdt lhst",
    660: "nct nft sbt vut aedt eadt kost lhdt magt pont sakt sret",
    720: "fjt mht nrt nzt tvt wft anat gilt idle nfdt nzst pett wakt",
    780: "tkt tot fjst nzdt phot",
    840: "lint tost",
}
"""As Ruby knows them, which decides for Jekyll. Some have several meanings: the zone of the site goes before."""
_STANDARD = {
    -600: ("hawaiian",),
    -540: ("alaskan",),
    -480: ("pacific",),
    -420: ("mountain", "us mountain"),
    -360: ("central", "central america"),
    -300: ("eastern", "us eastern"),
    -240: ("atlantic",),
    -210: ("newfoundland",),
    0: ("gmt", "greenwich"),
    60: ("central europe", "central european", "romance", "w. europe"),
    120: ("e. europe", "egypt", "fle", "gtb", "israel", "south africa"),
    180: ("arab", "arabic", "russian"),
    210: ("iran",),
    330: ("india",),
    420: ("se asia",),
    480: ("china", "singapore", "taipei", "w. australia"),
    540: ("japan", "korea", "tokyo"),
    600: ("aus eastern", "e. australia"),
    720: ("new zealand",),
}
"""What stands before `Standard Time`, as browsers and Windows write it."""

ABBREVIATIONS: Mapping[str, int] = {name: minutes for minutes, names in _MINUTES.items() for name in names.split()}
"""Minutes east of Greenwich by name, in small letters."""

STANDARD_TIMES: Mapping[str, int] = {name: minutes for minutes, names in _STANDARD.items() for name in names}
"""The same by what stands before `standard time`; `daylight time` is an hour ahead."""
