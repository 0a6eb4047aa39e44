from impact_analytics.queries import of_project, values
from impact_analytics.ui import page, trail
from impact_analytics.ui.page import View

FIGURES = ("funding_in_force", "incurred", "eligible", "term_in_force", "residual_delay", "physical_progress")


def draw_project(view: View, project: str) -> None:
    page.heading(view.names("project")[project], page.subtitle(view))
    page.cards([page.card_of(view, found) for found in values(of_project(view.asked, project), FIGURES).values()])


view = page.view(__file__)
chosen = page.choose(view, "project", view.names("project"), view.say("choose"), empty=view.say("empty"))
trail.draw(view, chosen)
if chosen:
    draw_project(view, chosen)
