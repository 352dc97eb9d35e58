"""The tables of the training office as CSV and XLSX, by the same filters as on the page."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db
from kiosk_app.training import checklists, commands
from kiosk_app.training.checklists import Practical
from kiosk_app.training.records import SessionRecord
from kiosk_app.web import access
from kiosk_app.web.hr import files, scope, sessions, staff, tables, words
from kiosk_app.web.hr.surface import blueprint


def completed_means() -> str:
    """What *completed* is, in every file that has the word."""
    return str(_("Học đủ: có mặt hoặc đến muộn ở mọi buổi và đạt bài kiểm tra, phần thực hành nếu có. "
                 "Điểm: thang 10."))


@blueprint.get("/sessions.<kind>")
@access.requires(Data.TRAINING)
def export_sessions(kind: str) -> Response:
    files.require_kind(kind)
    with db.reading() as conn:
        year, _years = sessions.chosen_year(conn)
        found, mark, chosen = sessions.filtered(conn, year), files.version(conn), files.filtered(conn)
    header = [_("Lớp"), _("Từ ngày"), _("Đến ngày"), _("Số buổi"), _("Nội dung"), _("Nơi học"),
              _("Phụ trách"), _("Tình trạng"), _("Mời"), _("Học đủ"), _("Điểm trước"),
              _("Điểm sau")]
    rows = [
        [one.code, one.first_day.isoformat() if one.first_day else None,
         one.last_day.isoformat() if one.last_day else None, len(one.half_days),
         one.title or one.course, one.room, one.trainer, words.state_name(one.state),
         one.enrolled, one.completed, _rounded(one.pre_mean), _rounded(one.post_mean)]
        for one in found
    ]
    return files.send(
        kind, f"lop-tap-huan-{year}", _("Lớp tập huấn"), header, rows,
        [_("Kỳ: năm %(year)s.", year=year), chosen, completed_means()], mark)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


@blueprint.get("/sessions/<int:session_id>/roster.<kind>")
@access.requires(Data.TRAINING)
def export_roster(session_id: int, kind: str) -> Response:
    files.require_kind(kind)
    with db.reading() as conn:
        held = sessions.load(conn, session_id)
        listed = sessions.people(conn, held)
        practical = checklists.practicals(conn, held, [one.row.enrolment_id for one in listed])
        mark = files.version(conn)
    header = [_("Họ tên"), _("Mã cán bộ"), _("Đơn vị"),
              *[words.slot_name(slot, with_year=True) for slot in held.slots],
              _("Điểm trước"), _("Điểm sau"),
              *([_("Thực hành: tiêu chí đạt"), _("Thực hành")] if practical else []), _("Kết quả")]
    rows = [
        [one.name, one.code, one.unit, *[words.mark_name(mark) for mark in one.marks],
         one.pre, one.post, *_practice(practical.get(one.row.enrolment_id)),
         words.enrolment_name(one.row.state)]
        for one in listed
    ]
    commands.note_look(held.code, actor=access.actor(), now=clock.now())
    return files.send(
        kind, f"danh-sach-{held.id}", _("Danh sách học viên"), header, rows,
        [session_said(held), completed_means()], mark)


def session_said(held: SessionRecord) -> str:
    """Which session a file is of."""
    return str(_("Lớp %(code)s: %(title)s, %(days)s.", code=held.code, title=held.title or held.course,
                 days=words.days_text(held.slots, with_year=True)))


def _practice(one: Practical | None) -> list[object]:
    """How many criteria of how many were met, and whether that passes; nothing without a checklist."""
    if one is None:
        return []
    return [f"{one.met}/{len(one.checklist.items)}", _("Đạt") if one.passed else _("Chưa đạt")]


@blueprint.get("/staff.<kind>")
@access.requires(Data.TRAINING)
def export_staff(kind: str) -> Response:
    files.require_kind(kind)
    with db.reading() as conn:
        year = staff.of_year(conn)
        found, mark, chosen = staff.lines(conn, year), files.version(conn), files.filtered(conn)
    header = [_("Họ tên"), _("Mã cán bộ"), _("Đơn vị"), _("Quầy"), _("Số lớp"), _("Học đủ"),
              _("Số giờ"), *_of_year_head(year), _("Lần học gần nhất")]
    rows = [
        [one.name, one.code, one.unit, one.counter, one.sessions, one.completed, one.hours,
         *([one.of_year, year.norm, year.missing(one.id)] if year else []),
         one.last_day.isoformat() if one.last_day else None]
        for one in found
    ]
    commands.note_look("staff", actor=access.actor(), now=clock.now())
    return files.send(
        kind, "ho-so-dao-tao", _("Hồ sơ cán bộ"), header, rows,
        [_("Tính đến ngày %(day)s.", day=words.day_text(scope.today(), with_year=True)), chosen,
         *_of_year_note(year), completed_means()], mark)


def _of_year_note(year: staff.YearHours | None) -> list[str]:
    if year is None:
        return []
    return [_("Giờ năm %(year)s: đến %(day)s, của các lớp bắt đầu trong năm; còn thiếu so với định mức "
              "%(norm)s giờ, chỉ tính người đang làm việc ngày đó.", year=year.year,
              day=words.day_text(year.day, with_year=True), norm=tables.figure(year.norm, "0.#"))]


def _of_year_head(year: staff.YearHours | None) -> list[str]:
    if year is None:
        return []
    return [_("Giờ năm %(year)s", year=year.year), _("Định mức"), _("Còn thiếu")]
