"""The tables of the first page, of one officer and of one procedure as they are taken away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flask_babel import gettext as _

from kiosk_app.feedback.readings import Said
from kiosk_app.reporting.change import Change
from kiosk_app.reporting.detail import OfficerDetail, ProcedureDetail
from kiosk_app.reporting.hours import Hours
from kiosk_app.reporting.overview import Overview
from kiosk_app.reporting.records import Figure
from kiosk_app.reporting.weeks import Course
from kiosk_app.web.manage import words
from kiosk_app.web.manage.surface import Taken
from kiosk_app.web.presentation import month

Tables = Mapping[str, Callable[[], Taken]]


def share_notes() -> list[str]:
    """What share and interval mean, in every file that holds them."""
    return [_("Tỷ lệ hài lòng: mức 4 và 5 trên tổng số lượt; khoảng 95% theo Wilson; ô trống: chưa đủ "
              "lượt nên ẩn.")]


def _coverage_note() -> str:
    return str(_("Độ phủ: lượt đã đánh giá trên số bước hồ sơ có thể đánh giá."))


def _change_note() -> str:
    return str(_("Chênh so kỳ trước: từ −1 đến 1; khoảng 95% theo Newcombe; vượt dao động ngẫu nhiên khi "
                 "xét mọi dòng của bảng cùng lúc (Benjamini–Hochberg, q = 0,10)."))


def _figures() -> list[str]:
    return ["n", _("hồ sơ đủ điều kiện"), _("độ phủ"), _("tỷ lệ hài lòng"), _("thấp"), _("cao")]


def _cells(row: Figure) -> list[object]:
    return [row.n, row.eligible, row.coverage, row.share, row.low, row.high]


def _changed(one: Change | None) -> list[object]:
    if one is None:
        return [None, None, None, None]
    return [one.difference, one.low, one.high, _("có") if one.clear else _("không")]


def units(found: Overview) -> Taken:
    """The table by unit."""
    moved = {one.key: one for one in found.changes}
    head = [_("Đơn vị"), *_figures(), _("chênh so kỳ trước"), _("chênh, thấp"), _("chênh, cao"),
            _("vượt dao động ngẫu nhiên")]
    return Taken(
        _("Theo đơn vị"), head,
        [[row.label, *_cells(row), *_changed(moved.get(row.key))] for row in found.units],
        [*share_notes(), _coverage_note(), _change_note()],
    )


def total(found: Overview) -> Taken:
    """The figures at the top of the page and what they are held against."""
    took = found.duration
    body: list[list[object]] = [
        [_("kỳ đang xem"), *_cells(found.total), None, None, None, None],
        [words.period_name(found.before_period), *[None] * 6, *_changed(found.before)],
        [words.period_name(found.season_period), *[None] * 6, *_changed(found.season)],
    ]
    notes = [
        *share_notes(), _coverage_note(), _change_note(),
        _("Lượt đánh giá đã ghi nhận, kể cả lượt chờ khớp hồ sơ: %(n)s.", n=found.recorded),
    ]
    if took.n is not None:
        notes.append(_(
            "Thời gian bấm điển hình (giây): %(s)s; trong 10 giây: %(share)s; n = %(n)s.", n=took.n,
            s=took.median_s if took.median_s is not None else f"> {took.over_s}", share=took.within_goal,
        ))
    head = [_("Kỳ"), *_figures(), _("chênh so kỳ trước"), _("chênh, thấp"), _("chênh, cao"),
            _("vượt dao động ngẫu nhiên")]
    return Taken(_("Số chung của kỳ"), head, body, notes)


def months(rows: Sequence[Figure], title: str = "", *, eligible: bool = True) -> Taken:
    """A course by month; without what could be rated where the page does not show it."""
    head = [_("Tháng"), *_figures()]
    body = [[month(int(row.key)), *_cells(row)] for row in rows]
    if not eligible:
        head, body = [head[0], head[1], *head[4:]], [[r[0], r[1], *r[4:]] for r in body]
    return Taken(title or _("Tỷ lệ hài lòng theo tháng"), head, body, share_notes())


def weekly(found: Course) -> Taken:
    """Weeks with the limits of chance."""
    head = [_("Tuần"), "n", _("tỷ lệ hài lòng"), _("thấp"), _("cao"), _("giới hạn dưới"),
            _("giới hạn trên"), _("ngoài giới hạn")]
    body = [
        [words.week_name(w.figure.key), w.figure.n, w.figure.share, w.figure.low, w.figure.high,
         w.lower, w.upper, {-1: _("thấp"), 1: _("cao")}.get(w.side, "")] for w in found.weeks
    ]
    return Taken(_("Tỷ lệ hài lòng theo tuần"), head, body, [
        *share_notes(),
        _("Giới hạn: biểu đồ p′, ba lần độ lệch chuẩn, cố định theo %(n)s tuần đầu.", n=found.baseline),
    ])


def levels(row: Figure) -> Taken:
    """The five levels."""
    counts: Sequence[int | None] = row.levels or (None,) * 5
    whole = sum(row.levels or ()) or None
    body = [[name, n, n / whole if n is not None and whole else None]
            for name, n in zip(words.level_names(), counts, strict=True)]
    return Taken(_("Phân bố năm mức"), [_("Mức"), "n", _("phần")], body,
                 [_("Ô trống: chưa đủ lượt nên ẩn.")])


def reasons(rows: Sequence[Figure], title: str = "") -> Taken:
    """Reasons, those of the dissatisfied and of the satisfied apart."""
    names, factors, low = words.reason_names(), words.reason_factors(), words.low_reasons()
    body = [
        [names.get(r.key, r.key), factors.get(r.key, ""),
         _("chưa hài lòng") if r.key in low else _("khen"), r.n] for r in rows
    ]
    return Taken(title or _("Lý do"), [_("Lý do"), _("Yếu tố"), _("Loại"), "n"], body,
                 [_("Lý do dưới 5 lượt không hiện.")])


def hourly(found: Hours) -> Taken:
    """Weekday × hour, and the busy hours over the week."""
    names = words.hour_names(cell.key for cell in found.cells)
    body = [
        [_("Cả tuần, %(hour)s:00", hour=int(row.key)), row.n, row.share, row.low, row.high]
        for row in found.whole_week
    ] + [[names[c.key], c.n, c.share, c.low, c.high] for c in found.cells]
    return Taken(
        _("Theo thứ và giờ"), [_("Thứ và giờ"), "n", _("tỷ lệ hài lòng"), _("thấp"), _("cao")], body,
        [_("Quý: %(quarter)s; theo giờ chỉ công bố từng quý.", quarter=words.period_name(found.quarter)),
         *share_notes(), _("“Cả tuần” cộng các ô hiện, của các giờ đông.")],
    )


def first_page(
    found: Overview, reason_rows: Sequence[Figure], course: Course | None, hours: Hours | None
) -> Tables:
    """Every table of the first page that its selection has."""
    tables: dict[str, Callable[[], Taken]] = {
        "units": lambda: units(found), "total": lambda: total(found),
        "months": lambda: months(found.trend), "levels": lambda: levels(found.total),
    }
    if course is not None and hours is not None:
        tables |= {
            "weeks": lambda: weekly(course), "reasons": lambda: reasons(reason_rows),
            "hours": lambda: hourly(hours),
        }
    return tables


def _standing(row: Figure, change: Change | None, more: Sequence[Sequence[object]]) -> Taken:
    body: list[list[object]] = [
        ["n", row.n], [_("hồ sơ đủ điều kiện"), row.eligible], [_("độ phủ"), row.coverage],
        [_("tỷ lệ hài lòng"), row.share], [_("thấp"), row.low], [_("cao"), row.high],
        [_("dự kiến cho đúng loại hồ sơ này"), row.expected], [_("đã điều chỉnh"), row.adjusted],
        [_("đã điều chỉnh, thấp"), row.adjusted_low], [_("đã điều chỉnh, cao"), row.adjusted_high],
        [_("mức chung"), row.overall],
        [_("độ tin cậy"), None if row.few else row.reliability],
        [_("cần thêm lượt"), row.still_needed],
        [_("chênh so kỳ trước"), change.difference if change else None],
        [_("nhận định"), words.tier_name(
            "hidden" if row.n is None else "few" if row.few and row.tier == "too_few" else row.tier)],
        *map(list, more),
    ]
    return Taken(_("So với mức chung"), [_("Số liệu"), _("Giá trị")], body, [
        *share_notes(), _coverage_note(),
        _("Đã điều chỉnh: so với mức dự kiến cho đúng các hồ sơ đã nhận; không dùng để xếp hạng."),
    ])


def _comments(rows: Sequence[Said]) -> Taken:
    return Taken(
        _("Ý kiến của người dân"), [_("Tuần"), _("Ý kiến")],
        [[words.week_name(str(one.week)), one.text] for one in rows],
        [_("Tên, số điện thoại, số giấy tờ và mã hồ sơ đã che. Danh sách dưới 5 ý kiến không "
           "hiện.")],
    )


def of_officer(found: OfficerDetail) -> Tables:
    """The tables of an officer's page."""
    title = _("Lý do, cả năm %(year)s", year=found.reasons_year)
    return {
        "figures": lambda: _standing(
            found.row, found.before, [[_("trả đúng hạn"), found.on_time]]),
        "months": lambda: months(found.course, eligible=False),
        "reasons": lambda: reasons(found.reasons, title),
        "comments": lambda: _comments(found.comments),
    }


def of_procedure(found: ProcedureDetail) -> Tables:
    """The tables of a procedure's page."""
    held, version = found.service, found.version
    more: list[list[object]] = [
        [_("ngày theo quy định"), version.statutory_days], [_("ngày cam kết"), version.committed_days],
        [_("mức độ trực tuyến"), version.online_level], [_("phí, lệ phí (đồng)"), version.fee_vnd],
    ]
    if held is not None:
        more += [
            [_("tiếp nhận"), held.received], [_("sớm"), held.early], [_("đúng hạn"), held.on_time],
            [_("trễ"), held.late], [_("bổ sung quá một lần"), held.supplement_over_limit],
        ]
    return {
        "figures": lambda: _standing(found.row, found.before, more),
        "months": lambda: months(found.course, eligible=False),
        "comments": lambda: _comments(found.comments),
    }
