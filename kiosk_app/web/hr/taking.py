"""Plan, calendar, courses, certificates, corrections, answers, needs, duties and draws as files."""

from __future__ import annotations

from flask import Response, request
from flask_babel import gettext as _

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db
from kiosk_app.reporting import drawings, reactions
from kiosk_app.training import catalogue as known
from kiosk_app.training import certificates as proofs
from kiosk_app.training import commands, queries
from kiosk_app.web import access, drawn, translations
from kiosk_app.web.hr import (
    calendar,
    draws,
    exports,
    files,
    needs,
    plans,
    requirements,
    scope,
    sessions,
    words,
)
from kiosk_app.web.hr.catalogue import topic_names
from kiosk_app.web.hr.surface import blueprint
from kiosk_app.web.presentation import spoken


@blueprint.get("/plan.<kind>")
@access.requires(Data.TRAINING)
def export_plan(kind: str) -> Response:
    files.require_kind(kind)
    with db.reading() as conn:
        scope.units_in_sight(conn)
        year, _years = sessions.chosen_year(conn)
        rows, mark = known.plan(conn, year), files.version(conn)
    head = [_("Mã"), _("Chuyên đề"), _("Lớp: dự kiến"), _("đã lên lịch"), _("đã tổ chức"),
            _("Chỗ dự kiến"), _("Đã cử"), _("Kinh phí dự kiến"), _("Đã chi"), _("cho lớp sắp tới"),
            _("lớp chưa ghi kinh phí")]
    return files.send(kind, f"ke-hoach-{year}", _("Kế hoạch năm"), head, [
        [row.code, row.name, row.planned_sessions, row.sessions, row.held, row.planned_seats,
         row.people, row.budget_vnd, row.spent_vnd, row.committed_vnd, row.unpriced] for row in rows
    ], [_("Kỳ: năm %(year)s.", year=year), _("Tiền tính bằng đồng; đã chi: của lớp đã tổ chức.")], mark)


@blueprint.get("/calendar.<kind>")
@access.requires(Data.TRAINING)
def export_calendar(kind: str) -> Response:
    """The half-days of the view that the address names."""
    files.require_kind(kind)
    view, on = calendar.asked()
    first, last = calendar.span(view, on)
    with db.reading() as conn:
        found, mark = calendar.entries(conn, first, last), files.version(conn)
    head = [_("Ngày"), _("Giờ"), _("Lớp"), _("Nội dung"), _("Nơi học"), _("Phụ trách"), _("Đã cử"),
            _("Số chỗ"), _("Tình trạng")]
    return files.send(kind, f"lich-tap-huan-{first.isoformat()}", _("Lịch tập huấn"), head, [
        [day.isoformat(), words.hours_text(one.half.slot), one.held.code,
         one.held.title or one.held.course, one.held.room, one.held.trainer, one.held.enrolled,
         one.held.capacity, words.state_name(one.held.state)]
        for day in sorted(found) for one in found[day]
    ], [_("Kỳ: %(first)s đến %(last)s.", first=words.day_text(first, with_year=True),
          last=words.day_text(last, with_year=True))], mark)


@blueprint.get("/courses.<kind>")
@access.requires(Data.TRAINING)
def export_courses(kind: str) -> Response:
    files.require_kind(kind)
    with db.reading() as conn:
        scope.units_in_sight(conn)
        found, mark = queries.courses(conn), files.version(conn)
    head = [_("Mã"), _("Chuyên đề"), _("Số giờ"), _("Kiểm tra"), _("Điểm đạt"),
            _("Có hiệu lực (tháng)"), _("Số lớp"), _("Đang dùng")]
    return files.send(kind, "chuyen-de", _("Chuyên đề"), head, [
        [one.code, one.name, one.hours, _("có") if one.has_test else _("không"),
         one.pass_mark if one.has_test else None, one.valid_months, one.sessions,
         _("có") if one.active else _("không")] for one in found
    ], [_("Ô trống ở thời hạn: không hạn.")], mark)


@blueprint.get("/sessions/<int:session_id>/certificates.<kind>")
@access.requires(Data.TRAINING)
def export_certificates(session_id: int, kind: str) -> Response:
    files.require_kind(kind)
    today = scope.today()
    with db.reading() as conn:
        held = sessions.load(conn, session_id)
        people, have = sessions.people(conn, held), proofs.of_session(conn, session_id)
        mark = files.version(conn)
    states = {"valid": _("Còn hiệu lực"), "expired": _("Hết hạn"), "revoked": _("Đã thu hồi")}
    rows: list[list[object]] = []
    for one in people:
        proof = have.get(one.row.enrolment_id)
        rows.append([one.name, one.code, one.unit, words.enrolment_name(one.row.state)] + (
            [proof.number, proof.issued_on.isoformat(), proof.hours,
             proof.ends_on.isoformat() if proof.ends_on else None, states[proof.state(today)],
             words.revoked_text(proof.revoked) if proof.revoked else ""] if proof else [None] * 6))
    head = [_("Họ tên"), _("Mã cán bộ"), _("Đơn vị"), _("Kết quả"), _("Chứng nhận số"),
            _("Ngày cấp"), _("Số giờ"), _("Hiệu lực đến"), _("Tình trạng"), _("Lý do thu hồi")]
    commands.note_look(held.code, actor=access.actor(), now=clock.now())
    return files.send(
        kind, f"chung-nhan-{held.id}", _("Chứng nhận"), head, rows,
        [exports.session_said(held),
         _("Tính đến ngày %(day)s.", day=words.day_text(today, with_year=True))], mark)


@blueprint.get("/sessions/<int:session_id>/corrections.<kind>")
@access.requires(Data.TRAINING)
def export_corrections(session_id: int, kind: str) -> Response:
    """Every version of each mark that was changed, with who wrote it and when."""
    files.require_kind(kind)
    with db.reading() as conn:
        held = sessions.load(conn, session_id)
        people = {one.row.enrolment_id: one for one in sessions.people(conn, held)}
        history, mark = queries.mark_history(conn, session_id), files.version(conn)
    halves = {half.id: words.slot_name(half.slot, with_year=True) for half in held.half_days}
    rows = [
        [people[one.enrolment_id].name, people[one.enrolment_id].code,
         halves.get(one.half_day_id, ""), one.mark.version, words.mark_name(one.mark.mark),
         one.mark.note, words.source_name(one.mark.source), one.mark.recorded_by,
         words.moment_text(one.mark.recorded_at) if one.mark.recorded_at else ""]
        for one in history if one.enrolment_id in people
    ]
    head = [_("Họ tên"), _("Mã cán bộ"), _("Buổi"), _("Bản"), _("Đã ghi"), _("Ghi chú"),
            _("Cách ghi"), _("Người ghi"), _("Lúc")]
    commands.note_look(held.code, actor=access.actor(), now=clock.now())
    return files.send(
        kind, f"diem-danh-sua-{held.id}", _("Các lần sửa"), head, rows,
        [exports.session_said(held), _("Bản đầu và mọi bản sau đều được giữ, cùng người ghi.")], mark)


@blueprint.get("/sessions/<int:session_id>/reactions.<kind>")
@access.requires(Data.TRAINING)
def export_reactions(session_id: int, kind: str) -> Response:
    """What those who attended said, where the page tells it; no rows where it does not."""
    files.require_kind(kind)
    with db.reading() as conn:
        held = sessions.load(conn, session_id)
        found, mark = reactions.of_session(conn, held, clock.now()), files.version(conn)
    rows: list[list[object]] = [
        [spoken(one.text), spoken(share.text), share.n, share.share, share.low, share.high]
        for one in found.questions for share in one.shares
    ]
    head = [_("Câu hỏi"), _("Trả lời"), _("Số người"), _("Tỷ lệ"), _("thấp"), _("cao")]
    return files.send(
        kind, f"gop-y-{held.id}", _("Người học nói gì"), head, rows,
        [exports.session_said(held),
         _("%(n)s trên %(all)s người đã dự góp ý.", n=found.answered, all=found.attended),
         _("Tỷ lệ tính bằng phần trăm; khoảng 95% theo Wilson. Câu dưới 5 người trả lời không nêu số.")],
        mark)


@blueprint.get("/sessions/<int:session_id>/marks.svg")
@access.requires(Data.TRAINING)
def marks_chart(session_id: int) -> Response:
    """Marks before and after as a picture to take away; empty where nobody has both."""
    with db.reading() as conn:
        held = sessions.load(conn, session_id)
        people, mark = sessions.people(conn, held), files.version(conn)
    both = [(one.name, one.pre, one.post) for one in people
            if one.pre is not None and one.post is not None]
    if not both:
        return Response(status=204)
    title = _("Điểm trước và sau lớp của %(n)s học viên", n=len(both))
    return drawn.taken_away(
        drawings.slope(both, translations.language(), title),
        files.notes([exports.session_said(held), _("Thang 10; mỗi đường là một học viên.")], mark),
        name=f"diem-{held.id}", title=title, kind=request.args.get("file", "svg"),
    )


@blueprint.get("/needs.<kind>")
@access.requires(Data.TRAINING)
def export_needs(kind: str) -> Response:
    """One row a reason of a group, with its uncertainty, and what is proposed."""
    plans.require_editor()
    files.require_kind(kind)
    with db.reading() as conn:
        page, mark = needs.read(conn), files.version(conn)
    names, rows = topic_names(), list[list[object]]()
    for one in page.proposals:
        group = [words.need_kind(one.need.kind), one.need.label, len(one.need.officers)]
        after = [one.need.drop, one.need.drop_low, one.need.drop_high,
                 one.course.name if one.course else "", one.places if one.course else None]
        rows += [
            [*group, names[r.code], r.n, r.ratings, r.share, r.share_low, r.share_high,
             *(r.more or (None,) * 3), *(r.rose or (None,) * 3), _("có") if r.clear else _("không"),
             *after] for r in one.need.reasons
        ] or [[*group, "", *[None] * 11, "", *after]]
    head = [_("Nhóm"), _("Tên"), _("Số cán bộ"), _("Lý do"), "n", _("lượt đánh giá"), _("tỷ lệ"),
            _("thấp"), _("cao"), _("so với nơi khác"), _("thấp"), _("cao"), _("so với kỳ trước"),
            _("thấp"), _("cao"), _("vượt dao động ngẫu nhiên"), _("hài lòng giảm"), _("thấp"),
            _("cao"), _("Đề xuất chuyên đề"), _("Số chỗ")]
    period = _("Kỳ: %(period)s, so với %(before)s.", period=words.period_text(page.found.period),
               before=words.period_text(page.found.before)) if page.found else ""
    return files.send(kind, "nhu-cau-dao-tao", _("Nhu cầu đào tạo"), head, rows, [
        period,
        _("Nhóm từ 5 cán bộ trở lên. Tỷ lệ và chênh từ −1 đến 1; khoảng 95% theo Wilson và Newcombe; vượt "
          "dao động ngẫu nhiên khi xét mọi phép so cùng lúc (Benjamini–Hochberg, q = 0,10)."),
    ], mark)


@blueprint.get("/requirements.<kind>")
@access.requires(Data.TRAINING)
def export_requirements(kind: str) -> Response:
    """What is required of whom, and who is exempt until when."""
    plans.require_editor()
    files.require_kind(kind)
    with db.reading() as conn:
        page, mark = requirements.read(conn), files.version(conn)
    rows: list[list[object]] = [
        [_("Bắt buộc"), page.by_id[one.course_id].name,
         page.texts.get(f"{one.target}:{one.value}", one.value), "", None] for one in page.wanted
    ] + [
        [_("Miễn học"), page.by_id[course].name if course in page.by_id else "",
         f"{officer.full_name} ({officer.code})", one.reason, one.until.isoformat()]
        for officer, course, one in page.free
    ]
    return files.send(
        kind, "yeu-cau-dao-tao", _("Yêu cầu đào tạo"),
        [_("Loại"), _("Chuyên đề"), _("Với ai"), _("Lý do"), _("Đến hết ngày")], rows,
        [_("Tính đến ngày %(day)s.", day=words.day_text(scope.today(), with_year=True)),
         _("Định mức mỗi năm: %(n)s giờ.", n=page.norm)], mark)


@blueprint.get("/draws/<int:draw_id>.<kind>")
@access.requires(Data.TRAINING)
def export_draw(draw_id: int, kind: str) -> Response:
    """Who was drawn into which wave, with the seed that draws it again."""
    plans.require_editor()
    files.require_kind(kind)
    with db.reading() as conn:
        found, by_wave, same = draws.read(conn, draw_id)
        mark = files.version(conn)
    return files.send(
        kind, f"boc-tham-{draw_id}", _("Kết quả bốc thăm"), [_("Lớp"), _("Họ tên"), _("Đơn vị")],
        [[held.code, name, desk] for held, people in by_wave.items() for name, desk in people], [
            _("Số khởi đầu: %(seed)s.", seed=found.seed),
            _("Người bốc: %(who)s, %(when)s.", who=found.recorded_by,
              when=words.moment_text(found.recorded_at)),
            _("Bốc lại với số này ra đúng kết quả đã lưu.") if same else
            _("Bốc lại ra kết quả khác với kết quả đã lưu. Báo người quản trị kiểm tra."),
        ], mark)
