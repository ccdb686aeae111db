"""Small packs for tests: rules over one field, and correlations over them."""

from pipeline.pack import About, Correlation, Met, Pack, Rule, linked


def rule(name, *, listed=True, level="high", group_by=(), catalogue=""):
    """A rule that matches events whose `event.code` is its name."""

    def matches(fields):
        return fields.get("event.code") == name

    def met(fields):
        return (Met("event.code", f"is {name}", name),) if matches(fields) else ()

    return Rule(
        id=f"id-{name}",
        name=name,
        title=f"Rule {name}",
        digest=f"digest-{name}",
        path=f"{name}.yml",
        line=1,
        level=level,
        fields=frozenset({"event.code"}),
        matches=matches,
        met=met,
        listed=listed,
        group_by=group_by,
        about=About(catalogue=catalogue or f"EXF-{sum(map(ord, name)) % 1000:03}"),
    )


def correlation(name, kind, *rules, span=600.0, **more):
    """A correlation over rules, by their names."""
    settings = {"group_by": ("user.id",), "level": "high", "about": About(catalogue="AGT-005")} | more
    digests = tuple(f"digest-{other}" for other in rules)
    return Correlation(
        id=f"id-{name}",
        name=name,
        title=f"Correlation {name}",
        digest=f"digest-{name}",
        path=f"{name}.yml",
        line=1,
        kind=kind,
        rules=digests,
        names=rules,
        span=span,
        **settings,
    )


def pack(*content, **more):
    rules = tuple(each for each in content if isinstance(each, Rule))
    correlations = tuple(each for each in content if isinstance(each, Correlation))
    return linked(Pack(digest="pack-1", rules=rules, correlations=correlations, key=b"test", **more))
