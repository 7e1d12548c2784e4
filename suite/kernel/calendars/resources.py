from suite.kernel.calendars.models import Holiday, WorkCalendar
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class WorkCalendarResource(Resource):
    model = WorkCalendar
    menu = ("settings", 42)
    icon = "calendar"
    columns = ("code", "name", "weekdays")
    search = ("code", "name")
    ordering = ("code",)
    form_fields = ("code", "name", "weekdays")
    lines = (Lines(Holiday, parent="calendar", fields=("day", "name"), columns=("day", "name")),)
    import_key = "code"
