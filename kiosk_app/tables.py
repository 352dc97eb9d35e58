"""All tables of the service: importing this module fills ``Base.metadata``."""

from __future__ import annotations

from kiosk_app.accounts import models as accounts
from kiosk_app.alerts import models as alerts
from kiosk_app.core import audit, keys, settings_table
from kiosk_app.core.db import Base
from kiosk_app.devices import models as devices
from kiosk_app.dossiers import models as dossiers
from kiosk_app.exports import models as exports
from kiosk_app.feedback import models as feedback
from kiosk_app.integrity import models as integrity
from kiosk_app.organisation import models as organisation
from kiosk_app.paper import models as paper
from kiosk_app.questionnaires import models as questionnaires
from kiosk_app.reporting import models as reporting
from kiosk_app.seals import models as seals
from kiosk_app.training import models as training

MODULES = (
    accounts, alerts, audit, devices, dossiers, exports, feedback, integrity, keys, organisation,
    paper, questionnaires, reporting, seals, settings_table, training,
)
metadata = Base.metadata
