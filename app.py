"""MediLink Slots as a Chalice app: what AWS Lambda and ``chalice local`` load."""

from chalice.app import Chalice

from chalicelib import bootstrap
from chalicelib.web import api, booking, doctors, problems, safeguards, sign_in, slots

bootstrap.start()

app = Chalice(app_name="medilink-slots")
app.register_middleware(safeguards.in_every_answer, "http")
app.register_middleware(problems.in_one_shape, "http")
app.register_blueprint(api.blueprint)
app.register_blueprint(slots.blueprint)
app.register_blueprint(doctors.blueprint)
app.register_blueprint(booking.blueprint)
app.register_blueprint(sign_in.blueprint)
