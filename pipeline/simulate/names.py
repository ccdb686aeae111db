"""Names of nobody: first and last names that are put together by chance, departments, and places."""

from __future__ import annotations

FIRST = tuple(
    "Alva Anouk Arvid Benno Berit Bram Carmen Casper Cato Dalia Darius Edda Edwin Elin Emre Enzo Esra Fabian Farah Fiona "
    "Gaspard Gesa Gideon Hamid Hanne Henrik Ida Ilias Imani Ingmar Iris Jakub Jarla Joris Juna Kasimir Kerstin Kiran Lasse "
    "Leonie Levin Lidia Linus Luana Magnus Malika Marit Mateo Merle Mika Nadia Nils Noor Odile Olav Orla Otis Pavel Petra "
    "Quentin Rafael Ragna Rania Remy Rhea Rosalie Ruben Samira Silvan Solveig Stellan Tamar Tariq Thea Tilda Tomas Ulrike "
    "Valentin Veda Viggo Wanda Wim Xenia Yael Yannick Yusuf Zofia Zoran".split()
)
LAST = tuple(
    "Abernath Albrink Almqvor Arnesund Bachfeld Barrowin Bellmare Birkhaug Brandrup Calloway Castelin Corvale Dahlbrook "
    "Delacour Dornfeld Dravin Eckerholt Ellsmoor Engberg Fairwold Falkenrod Feldhaus Fernholt Garwick Glasmer Greywell "
    "Halloran Hartvig Haskell Heidmar Holmgard Ibsenholt Inglewood Jarnvik Jessamy Kaldwell Karlstrom Kestrel Kirchfeld "
    "Kolberg Langmere Larkwood Lavallet Lindqvor Lorimer Maddox Marchetti Meerholz Merriden Montclair Nachtwey Norrland "
    "Oakhurst Oberlin Okonjo Ostrava Palmgren Parrish Pellerin Quarrie Radcliff Ravensby Reinholt Rossmore Sandgren "
    "Sedgwick Solheim Stavland Steinmar Tamboura Thornbury Tidewell Ullmark Vandermeer Varga Vestergren Wakefield Weidling "
    "Wexford Winterhal Yarrow Zellweger Zimmerly".split()
)

DEPARTMENTS = {
    "engineering": ("engineering-developer", "developer", 80),
    "sales": ("sales-account", "sales", 45),
    "support": ("support-agent", "support", 40),
    "research": ("research-scientist", "research", 24),
    "finance": ("finance-analyst", "finance", 22),
    "marketing": ("marketing-editor", "marketing", 22),
    "operations": ("operations-planner", "operations", 20),
    "it": ("it-admin", "admin", 17),
    "hr": ("hr-partner", "hr", 14),
    "legal": ("legal-counsel", "legal", 8),
    "security": ("security-analyst", "security", 8),
}
"""Every department with its peer group, its role, and how many people work there: 300 in all."""

SITES = {"main": 0.62, "home": 0.23, "branch": 0.15}
"""Where people work, which decides the proxy that sees them: Zscaler, Netskope, Squid."""

ZONES = {1: 0.82, 0: 0.06, -5: 0.08, 8: 0.04}
"""Hours from UTC of the offices, and which share of the people works there."""

LANGUAGES = {"en": 0.72, "de": 0.2, "fr": 0.08}

CUSTOMERS = tuple(
    "northmill brackwater saltmarsh ridgefield oakenrow silverlea harbourgate stonebeck millrace larkhill foxmere "
    "greyharbour amberlea thistledown windrush copperfold".split()
)
"""Customers' names; each has a domain of its own below .example."""
