"""Quality of the data: what the figures rest on, and what a person has to look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db
from kiosk_app.core.collation import alphabetical
from kiosk_app.core.columns import from_ms
from kiosk_app.core.errors import RuleError
from kiosk_app.integrity import commands
from kiosk_app.integrity.records import DecisionRecord
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.reporting import caution
from kiosk_app.reporting import quality as figures
from kiosk_app.reporting.caution import Caution
from kiosk_app.reporting.quality import Quality
from kiosk_app.web import access, translations, typed
from kiosk_app.web.manage import words
from kiosk_app.web.manage.surface import Filters, Taken, blueprint, filters_of, render, take
from kiosk_app.web.presentation import day, month, number, percent


def test_names() -> dict[str, str]:
    """Each sign of misuse in words."""
    return {
        "burst": _("Nhiều lượt dồn trong vài phút, hồ sơ trả không dồn như vậy"),
        "fast_taps": _("Chạm ngay khi vừa bấm trả kết quả, nhanh hơn đồng nghiệp nhiều"),
        "late_sitting": _("Nhiều hồ sơ trả từ lâu được đánh giá trong một lần ngồi"),
        "streak": _("Chuỗi lượt cao nhất dài hơn mức ngẫu nhiên"),
        "even_days": _("Tỷ lệ các ngày đều hơn mức ngẫu nhiên"),
        "narrow_profile": _("Phân bố các mức khác hẳn hồ sơ cùng loại"),
        "closing_time": _("Lượt dồn vào sát giờ đóng cửa"),
        "selective_invitation:late": _("Hồ sơ trễ hạn ít được mời đánh giá hơn hẳn"),
        "selective_invitation:supplement": _("Hồ sơ phải bổ sung ít được mời đánh giá hơn hẳn"),
        "own_device": _("Đánh giá từ chính máy của cán bộ"),
        "outside_hours": _("Đánh giá tại quầy ngoài giờ làm việc"),
    }


def entry_names() -> dict[str, str]:
    """How a rating came, in words."""
    return {"scan": _("Quét mã"), "typed": _("Gõ mã"), "invited": _("Quầy mời"),
            "link": _("Liên kết"), "paper": _("Phiếu giấy"), "": _("Không có mã")}


def cause_names() -> dict[str, str]:
    """Why a rating waits for its dossier, in words."""
    return {
        "not_imported": _("Hồ sơ chưa được nhập"), "typed_wrongly": _("Gõ sai mã"),
        "tie": _("Nhiều hồ sơ trùng 6 số cuối"), "other_unit": _("Mã của đơn vị khác"),
        "nonsense": _("Không phải mã hồ sơ"),
    }


def decision_names() -> dict[str, str]:
    """What a person decided, in words."""
    return {"kept": _("Vẫn tính"), "set_aside": _("Không tính")}


def caution_names() -> dict[str, str]:
    """Why a unit's figures are read with care, in words."""
    return {
        "selective": _("hồ sơ trễ ít được đánh giá hơn hẳn"),
        "review": _("có lượt đang chờ xem lại"),
        "missing": _("có lượt chưa về tới máy chủ"),
        "seldom": _("rất ít người đánh giá"),
        "waiting": _("nhiều lượt chưa khớp hồ sơ"),
        "few": _("ít lượt, khoảng rộng"),
        "clock": _("máy lệch giờ"),
    }


def cautious(rows: Sequence[Caution], most: int = 3) -> str:
    """Which units' figures may be wrong, and why; which are only unsure."""
    names = caution_names()
    bent = [row for row in rows if row.bent]
    unsure = sum(1 for row in rows if row.reasons and not row.bent)
    if bent:
        told = "; ".join(
            f"{row.unit.label} ({', '.join(names[one] for one in row.reasons)})"
            for row in bent[:most]
        )
        if len(bent) > most:
            told = _("%(names)s và %(n)s đơn vị khác", names=told, n=number(len(bent) - most))
        said = _("Đọc thận trọng: %(names)s", names=told)
    else:
        said = _("Không thấy lý do nào để ngờ số liệu của đơn vị nào")
    if unsure:
        said += ". " + _("Đúng nhưng chưa chắc vì ít lượt: %(n)s đơn vị", n=number(unsure))
    return str(said)


def sentence(found: Quality, cautions: Sequence[Caution], filters: Filters) -> str:
    """Whether the figures can be used, and what to know when reading them."""
    period = words.period_name(filters.period).capitalize()
    under = found.under_target
    reviews = found.screening.reviews if found.screening else ()
    n = sum(u.n or 0 for u in found.units)
    eligible = sum(u.eligible for u in found.units)
    if not n or not eligible:
        return str(_("%(period)s: chưa có lượt đánh giá nào để nói về chất lượng số liệu.", period=period))
    said: str = _("%(period)s: cứ 100 lần phục vụ thì %(share)s lần được đánh giá", period=period,
             share=number(100 * n / eligible, 1))
    said += ". " + cautious(cautions)
    said += ". " + (
        _("%(n)s đơn vị dưới mục tiêu %(target)s", n=number(len(under)),
          target=percent(figures.TARGET, 0))
        if under else _("Mọi đơn vị đạt mục tiêu %(target)s", target=percent(figures.TARGET, 0))
    )
    said += ". " + (
        _("%(n)s cán bộ có dấu hiệu cần người xem lại", n=number(len(reviews)))
        if reviews else _("Không có dấu hiệu lạm dụng cần xem lại") if found.screening
        else _("Chưa tìm dấu hiệu lạm dụng cho năm này")
    )
    missing = sum(t.missing for t in found.tablets)
    if missing:
        said += ". " + _("%(n)s lượt máy đã ghi nhưng chưa tới nơi", n=number(missing))
    return str(said + ".")


SORTS: dict[str, Callable[[Caution], Any]] = {
    "care": lambda row: (row.rank, -len(row.reasons)),
    "label": lambda row: alphabetical(row.unit.label),
    "n": lambda row: -(row.unit.n or 0),
    "coverage": lambda row: row.unit.coverage if row.unit.coverage is not None else 2.0,
}
"""Least coverage first: who looks at it looks for what is missing."""


def _ordered(rows: Sequence[Caution]) -> list[Caution]:
    return sorted(rows, key=SORTS.get(request.args.get("sort", "care"), SORTS["care"]))


def _coverage(found: Quality, cautions: Sequence[Caution]) -> Taken:
    inviting = {one.unit_id: one for one in found.inviting}
    entries = {one.unit_id: one for one in found.entries}
    names = caution_names()
    head = [_("Đơn vị"), _("đọc thận trọng vì"), "n", _("hồ sơ đủ điều kiện"), _("độ phủ"),
            _("độ phủ khi trả kết quả đúng hạn"), _("độ phủ khi trả kết quả trễ"),
            _("lần trả kết quả trễ"), _("lượt chưa khớp hồ sơ"), *entry_names().values()]
    body: list[list[object]] = []
    for care in _ordered(cautions):
        row = care.unit
        one, came = inviting.get(int(row.key)), entries.get(int(row.key))
        shares = (came.shares if came else None) or {}
        body.append([
            row.label, "; ".join(names[code] for code in care.reasons), row.n, row.eligible,
            row.coverage, one.in_time if one else None, one.late if one else None,
            one.eligible_late if one else None, care.waiting, *(shares.get(e) for e in entry_names()),
        ])
    return Taken(_("Chất lượng số liệu"), head, body, [
        _("Độ phủ: lượt đã đánh giá trên số bước hồ sơ có thể đánh giá. Ô trống: dưới 10, nên ẩn."),
    ])


def _reviews(found: Quality, names: Mapping[int, str], units: Mapping[int, str]) -> Taken:
    """One row a sign: what was seen, what like cases make one expect, and what was decided."""
    tests, decided = test_names(), decision_names()
    latest = _latest(found)
    body: list[list[object]] = []
    for one in found.screening.reviews if found.screening else ():
        done = latest.get(one.officer_id)
        body += [
            [names[one.officer_id], units.get(one.unit_id, ""), tests.get(f.code, f.code),
             month(f.month) if f.month else "", f.observed, f.expected, f.n, f.p,
             decided[done.decision] if done else _("Đang tính, chờ quyết định"),
             done.reason if done else "", done.actor if done else ""] for f in one.findings
        ]
    head = [_("Cán bộ"), _("Đơn vị"), _("Dấu hiệu"), _("Tháng"), _("Thấy"), _("Dự kiến"), "n", "p",
            _("Quyết định"), _("Lý do"), _("Người quyết định")]
    notes = [_("Đây là lý do để xem, không phải kết luận. Lượt bị nêu không bao giờ bị xoá và vẫn được "
               "tính cho đến khi có người quyết định.")]
    if found.screening:
        notes.append(_("Phép thử: %(tests)s; nếu không ai làm sai, nêu nhầm trung bình tối đa %(false)s "
                       "người.", tests=found.screening.tests, false=found.screening.expected_false))
    return Taken(_("Dấu hiệu cần xem lại"), head, body, notes)


def _decisions(found: Quality, names: Mapping[int, str]) -> Taken:
    decided = decision_names()
    return Taken(
        _("Quyết định đã ghi"),
        [_("Cán bộ"), _("Quyết định"), _("lượt"), _("Lý do"), _("Người quyết định"), _("Ngày")],
        [[names[d.officer_id], decided[d.decision], d.ratings, d.reason, d.actor,
          day(from_ms(d.recorded_ms))] for d in found.decisions],
        [_("Mọi quyết định đều được giữ; quyết định sau cùng có hiệu lực.")],
    )


def _with_and_without(found: Quality) -> Taken:
    rows: list[list[object]] = [
        [name, f.n if f else None, *((f.share, f.low, f.high) if f and not f.suppressed else (None,) * 3)]
        for name, f in ((_("Có lượt đang xem lại"), found.figure.with_flagged),
                        (_("Không có lượt đang xem lại"), found.figure.without))
    ]
    return Taken(
        _("Có và không có lượt đang xem lại"),
        [_("Cách tính"), "n", _("tỷ lệ hài lòng"), _("thấp"), _("cao")], rows,
        [_("Chỉ hiện khi có từ 5 lượt đang xem lại, còn lại từ 10 lượt, và phần chênh tự nó công bố được.")],
    )


def _unmatched(found: Quality) -> Taken:
    body: list[list[object]] = [
        [text, found.unmatched.get(key, 0)] for key, text in cause_names().items()
    ]
    return Taken(_("Lượt chưa khớp hồ sơ và hồ sơ nhập muộn"), [_("Lý do"), "n"], [
        *body, [_("Đang chờ hồ sơ"), found.waiting],
        [_("Phải chờ rồi mới khớp, trong kỳ"), found.late_matches],
    ])


def _tablets(found: Quality, units: Mapping[int, str], counters: Mapping[int, str]) -> Taken:
    head = [_("Máy"), _("Đơn vị"), _("Quầy"), _("Báo lần cuối"), _("Chờ gửi"), _("Số bị thiếu"),
            _("Các số thiếu"), _("Lệch giờ (mili giây)"), _("Lượt ghi giờ tương lai"), _("Đã rút lại"),
            _("Pin"), _("Phiên bản")]
    body: list[list[object]] = [
        [t.health.name, units.get(t.health.unit_id, ""), counters.get(t.health.counter_id or 0, ""),
         day(t.health.seen_at) if t.health.seen_at else "", t.health.queue_length, t.missing,
         ", ".join(f"{a}–{b}" if a != b else str(a) for a, b in t.ranges), t.health.clock_skew_ms,
         t.ahead, t.health.withdrawn, t.health.battery, t.health.app_version] for t in found.tablets
    ]
    return Taken(_("Sức khoẻ máy đánh giá"), head, body, [
        _("Mỗi lượt mang một số thứ tự liền nhau: số bị thiếu là lượt máy đã ghi mà chưa tới nơi."),
    ])


def _latest(found: Quality) -> dict[int, DecisionRecord]:
    """The decision in force of each officer."""
    return {d.officer_id: d for d in reversed(found.decisions)}


def _page(problem: str = "", status: int = 200) -> tuple[Response | str, int]:
    with db.reading() as conn:
        filters = filters_of(conn)
        found = figures.quality(conn, filters.period, filters.unit_ids, translations.language())
        names = figures.officer_names(conn)
        units = {u.id: u.name(translations.language()) for u in filters.units}
        counters = {c.id: c.name for c in organisation_queries.counters(conn)}
    latest = _latest(found)
    cautions = caution.cautions(found, latest)
    if request.args.get("export"):
        return take(filters, {
            "coverage": lambda: _coverage(found, cautions),
            "review": lambda: _reviews(found, names, units),
            "with": lambda: _with_and_without(found), "unmatched": lambda: _unmatched(found),
            "tablets": lambda: _tablets(found, units, counters),
            "decisions": lambda: _decisions(found, names),
        }), 200
    return render(
        "quality", "_quality", filters, found=found, names=names,
        saying=sentence(found, cautions, filters), cautions=_ordered(cautions),
        why=caution_names(), bent=caution.BENT, seldom=caution.SELDOM,
        waits=(caution.FEWEST_WAITING, caution.WAITING),
        units=units, counters=counters, tests=test_names(), entries=entry_names(),
        causes=cause_names(), decided=decision_names(), latest=latest, target=figures.TARGET,
        may_decide=access.changes(Data.INTEGRITY), problem=problem, typed=request.form,
        moment=from_ms, excluding=request.args.get("flagged") == "without",
    ), status


@blueprint.get("/quality")
@access.requires(Data.INTEGRITY)
def quality() -> tuple[Response | str, int]:
    """What the figures of a period rest on."""
    return _page()


@blueprint.post("/quality")
@access.requires(Data.INTEGRITY)
def decide() -> Response | tuple[Response | str, int]:
    """A person decides whether the ratings under review count, with a reason."""
    with db.reading() as conn:
        filters = filters_of(conn)
    officer = request.form.get("officer", 0, type=typed.small)
    try:
        changed = commands.decide(
            officer, filters.period.months[0] // 100, request.form.get("decision", ""),
            reason=request.form.get("reason", ""), unit_ids=filters.unit_ids,
            actor=access.actor(), now=clock.now(),
        )
    except RuleError as refused:
        texts = {
            "reason_missing": _("Xin ghi lý do của quyết định."),
            "decision_unknown": _("Xin chọn vẫn tính hoặc không tính."),
            "not_under_review": _("Cán bộ này không nằm trong danh sách cần xem lại."),
        }
        return _page(texts.get(refused.code, refused.detail), 422)
    flash(_("Đã ghi quyết định; %(n)s lượt đổi trạng thái, không lượt nào bị xoá.",
            n=number(changed)))
    return redirect(url_for("manage.quality", **filters.address), 303)  # type: ignore[return-value,arg-type]
