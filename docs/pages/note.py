"""What the source note names as deciding success or failure of the mission: 58 points, numbered as in the model's papers.

The note: International Peace Institute, Stimson Center and Security Council Report, December 2024, on options for Haiti.
Points marked * are named there without mechanics; how they work here is an addition, and said to be one.
"""

from __future__ import annotations

NOTE: dict[str, str] = {
    "M01": "The Council authorises a mission outside the UN, at the request of Haiti",
    "M02": "The mandate ends at a date and is renewed or not",
    "M03": "A sixth of the authorised people are there after a year",
    "M04": "Money comes through two channels: bilateral, and a trust fund of the UN",
    "M05": "$600M a year are needed, $400M have come, $85M of it as cash",
    "M06": "Pledges are paid slowly",
    "M07": "Few countries pay",
    "M08": "Missing money delays deployment",
    "M09": "Too few vehicles, too few people",
    "M10": "Missions in Africa paid from trust funds had the same trouble",
    "M11": "A lead nation with logistics of its own deploys fast (East Timor 1999)",
    "M12": "Missions without UN support are harder to stand up and to keep going",
    "M13": "Politics in the United States decide much of the money",
    "M14": "A plan for the day on which money ends",
    "M15": "The Council does not agree on what should follow",
    "M16": "Four phases: deployment, decisive operations, stabilisation, transition",
    "M17": "The first two proceed at the same time",
    "M18": "Late people delay operations; later phases are uncertain",
    "M19": "Police, army and mission operate together",
    "M20": "Talking in real time with the army",
    "M21": "Clearing neighbourhoods",
    "M22": "Taking back the airport and the general hospital, and guarding them",
    "M23": "Holding what was cleared takes more people than there are",
    "M24": "After early gains security worsened, also in Artibonite",
    "M25": "Patrols in public spaces where gangs are",
    "M26": "Being seen beside the police in dangerous areas",
    "M27": "Support and training for the police",
    "M28": "Free movement of people",
    "M29": "Gangs live in dense quarters, where operations hurt residents",
    "M30": "Caution protects residents and the mission's own people",
    "M31": "Force alone is no strategy",
    "M32": "More than 700,000 people are displaced",
    "M33": "The ban on flights leaves few ways out",
    "M34": "The arrival raised hopes",
    "M35": "Hopes that are not met cost support",
    "M36": "The mission seems passive, its aims unclear",
    "M37": "Saying what is done and answering rumours",
    "M38": "Civil society supports a mission that is temporary and defined by Haitians",
    "M39": "Too little is asked of civil society, of youth and the diaspora; it is divided",
    "M40": "Conduct: training exists, an independent monitor does not",
    "M41": "A new UN operation would meet distrust",
    "M42": "Gangs with political friends",
    "M43": "Gangs hold more than 85 % of the capital and expand",
    "M44": "Gangs restrict movement into and out of the city",
    "M45": "Gangs act together*",
    "M46": "Arms and drugs cross the borders",
    "M47": "Leaders of gangs are investigated and tried",
    "M48": "Poverty, lack of work and inequality feed gangs",
    "M49": "Elections need conditions; their date is a risk; observers help",
    "M50": "A package of UN logistics",
    "M51": "Such a package has limits where there is fighting",
    "M52": "A UN peacekeeping operation, with assessed money",
    "M53": "The situation is worse than in 2004",
    "M54": "Leaving creates a vacuum",
    "M55": "A political strategy comes first",
    "M56": "Monitors, women's and rights groups, diaspora and youth take part",
    "M57": "Gangs live off their territory*",
    "M58": "Other regions get worse too",
}

BY_SCENARIO: dict[str, tuple[str, str, str]] = {
    "M53": ("weaker-gangs-2004", "gang", "gang_members"),
}
"""Points that are a comparison rather than a rule: the scenario, the parameters it changes, a metric to compare."""
