"""Networks: bodies planned in the proposals, and bodies known by name."""

from collections.abc import Iterator

from impact_analytics.plain.figures import Figure, Part, Question, part, total, twin
from impact_analytics.plain.projects import places

PROJECTS = "projects"  # the network that counts the projects themselves


@twin
def network_planned(asked: Question) -> Figure:
    """Add the bodies that the proposals planned, as totals of the call, projects apart."""
    return total(
        part(row.number("planned"), {"network": row["network"]}, row, column="planned")
        for row in asked.known("network_count")
        if row["project_id"] is None and row["network"] != PROJECTS
    )


def bodies(asked: Question, counts: str = "") -> Iterator[Part]:
    """Yield 1 for each body known by name; where a status is meant, for those with it and of a network."""
    networks = {row["code"]: row["parent"] for row in asked.tables.rows("code") if row["list"] == "kind"}
    for row in asked.known("partner"):
        network = networks.get(row["kind"])
        if not counts or (row["counts_in_total"] == counts and network is not None):
            split = {"kind": row["kind"], "role": row["role"], "network": network}
            yield part(1, {**places(asked.tables)[row["project_id"]], **split}, row)


@twin
def bodies_named(asked: Question) -> Figure:
    """Count the bodies known by name."""
    return total(bodies(asked))


@twin
def partners_known(asked: Question) -> Figure:
    """Count those of a network that the totals count."""
    return total(bodies(asked, "yes"))


@twin
def partners_unsettled(asked: Question) -> Figure:
    """Count those of a network of which no source says whether the totals count them."""
    return total(bodies(asked, "unsettled"))
