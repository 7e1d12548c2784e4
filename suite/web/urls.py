"""Pages that are no resource: sign-in, home, health."""

urlpatterns: list = []
