"""Words of the training office: marks, states, refusals and how to cure them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flask_babel import gettext

from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import KioskError
from kiosk_app.organisation.days_off import DayOff
from kiosk_app.training.certificates import WITHDRAWN
from kiosk_app.training.errors import ClashError, PeopleError
from kiosk_app.training.needing import Need
from kiosk_app.training.requirements import Standing
from kiosk_app.training.rules import Clash, Slot
from kiosk_app.web import translations


def _(text: str, **values: object) -> str:
    return str(gettext(text, **values))


def mark_name(mark: str) -> str:
    """An attendance mark in words."""
    return {
        "present": _("Có mặt"), "late": _("Đến muộn"), "absent": _("Vắng"),
        "excused": _("Vắng có phép"), "unknown": _("Chưa rõ"),
    }.get(mark, _("Chưa điểm danh"))


def notice_name(kind: str) -> str:
    """What a letter was about."""
    return {
        "invitation": _("thư mời"), "change": _("thư báo đổi lịch"), "reminder": _("thư nhắc"),
        "cancelled": _("thư báo huỷ"), "removed": _("thư báo rút tên"),
        "reaction": _("thư mời góp ý"),
    }[kind]


def mail_state(state: str) -> str:
    """What became of a letter."""
    return {"waiting": _("đang chờ gửi"), "sent": _("đã gửi"),
            "given_up": _("không gửi được")}.get(state, "")


def source_name(source: str) -> str:
    """How a mark of attendance came."""
    return {
        "roster": _("điểm danh tay"), "code": _("tự điểm danh bằng mã"), "sheet": _("từ bảng ký"),
        "moved": _("buổi bị dời"),
    }.get(source, _("từ tệp"))


def sheet_words() -> dict[str, object]:
    """The texts of a sign-in sheet."""
    return {
        "heading": _("Bảng ký có mặt"), "sheet": _("Mã bảng"), "code": _("Lớp"),
        "when": _("Thời gian"), "room": _("Nơi học"), "trainer": _("Phụ trách"),
        "columns": [_("Số"), _("Họ tên"), _("Đơn vị"), _("Ký tên"), _("Giờ đến")],
        "how": _("Người đến muộn ghi giờ đến. Khi nhập bảng này vào máy, nhập mã bảng ở góc phải "
                 "trên và số thứ tự của người vắng hoặc đến muộn."),
        "keeper": _("Người điểm danh"),
    }


def state_names() -> dict[str, str]:
    """A session's states in words."""
    return {"planned": _("Đã lên lịch"), "held": _("Đã tổ chức"), "cancelled": _("Đã huỷ")}


def state_name(state: str) -> str:
    """A session's state in words."""
    return state_names()[state]


def enrolment_name(state: str) -> str:
    """What became of one person."""
    return {
        "invited": _("Đã mời, chờ trả lời"), "enrolled": _("Đã cử"), "waiting": _("Chờ chỗ"),
        "declined": _("Từ chối"), "withdrawn": _("Đã rút"), "substituted": _("Đã thay người"),
        "completed": _("Học đủ"), "not_completed": _("Chưa đạt"),
    }[state]


def standing_name(state: str) -> str:
    """State of an officer in a required course."""
    if state == "valid":
        return _("Còn hiệu lực")
    if state == "expiring":
        return _("Sắp hết hạn")
    if state == "missing":
        return _("Cần học")
    return _("Được miễn") if state == "exempt" else _("Không yêu cầu")


def standing_names() -> dict[str, str]:
    """States of an officer in a required course that can be asked for."""
    return {one: standing_name(one) for one in ("missing", "expiring", "valid", "exempt")}


def standing_text(cell: Standing) -> str:
    """State with the day that goes with it."""
    name = standing_name(cell.state)
    if cell.state == "exempt" and cell.ends:
        return _("%(state)s đến %(day)s: %(why)s", state=name, why=cell.reason,
                 day=day_text(cell.ends, with_year=True))
    if cell.state == "missing" and cell.ends:
        return _("%(state)s, hết hạn %(day)s", state=name, day=day_text(cell.ends, with_year=True))
    if cell.ends:
        return _("%(state)s đến %(day)s", state=name, day=day_text(cell.ends, with_year=True))
    if cell.completed:
        return _("%(state)s, học %(day)s", state=name, day=day_text(cell.completed, with_year=True))
    return name


def need_text(need: Need) -> str:
    """Why somebody stands where they stand in a list by need."""
    last = (_("học gần nhất %(day)s", day=day_text(need.last, with_year=True)) if need.last
            else _("chưa dự lớp nào"))
    return f"{standing_text(need.standing)} · {last}"


def revoked_text(reason: str) -> str:
    """Why a certificate does not hold."""
    return _("kết quả học đã được sửa") if reason == WITHDRAWN else reason


def need_kind(kind: str) -> str:
    """What a group in need is."""
    return {"unit": _("Đơn vị"), "field": _("Lĩnh vực")}.get(kind, _("Thủ tục"))


def period_text(key: str) -> str:
    """``quý 4/2018``, ``nửa cuối năm 2018``, ``tháng 10/2018`` or ``năm 2018``."""
    if "-H" in key:
        return _("nửa đầu năm %(year)s", year=key[:4]) if key.endswith("1") else _(
            "nửa cuối năm %(year)s", year=key[:4])
    if "-Q" in key:
        return _("quý %(q)s/%(year)s", q=key[6:], year=key[:4])
    if "-" in key:
        return _("tháng %(m)s/%(year)s", m=int(key[5:]), year=key[:4])
    return _("năm %(year)s", year=key)


def audience_name(audience: str) -> str:
    """Whom a session is for."""
    return {"centre": _("Cán bộ Trung tâm"), "wards": _("Cán bộ một cửa các phường")}.get(
        audience, _("Trung tâm và các phường")
    )


def part_name(part: str) -> str:
    """Morning or afternoon."""
    return _("Sáng") if part == "morning" else _("Chiều")


def slot_name(slot: Slot, *, with_year: bool = False) -> str:
    """``Sáng 14/3``."""
    return f"{part_name(slot.part)} {day_text(slot.day, with_year=with_year)}"


def weekday_name(day: date) -> str:
    """``Th 2`` … ``CN``."""
    return [_("Th 2"), _("Th 3"), _("Th 4"), _("Th 5"), _("Th 6"), _("Th 7"), _("CN")][day.weekday()]


def day_off_name(one: DayOff) -> str:
    """The holiday's name, ``cuối tuần``, or what the office wrote."""
    known = {
        "weekend": _("cuối tuần"), "new_year": _("Tết Dương lịch"), "tet": _("Tết Nguyên đán"),
        "hung_kings": _("Giỗ Tổ Hùng Vương"), "reunification": _("Ngày Chiến thắng 30/4"),
        "labour": _("Quốc tế Lao động 1/5"), "national": _("Quốc khánh"),
        "culture": _("Ngày Văn hóa Việt Nam"), "swapped": _("nghỉ hoán đổi ngày làm việc"),
    }.get(one.kind)
    name = known or (one.name_en if translations.language() == "en" and one.name_en else one.name_vi)
    return _("nghỉ bù %(name)s", name=name) if one.in_lieu else name


def days_off_text(found: Sequence[DayOff]) -> str:
    """``Th 2 4/2–Th 6 8/2/2019 (Tết Nguyên đán), CN 10/2/2019 (cuối tuần)``."""
    runs: list[list[DayOff]] = []
    for one in found:
        last = runs[-1][-1] if runs else None
        follows = last is not None and one.day - last.day == timedelta(days=1)
        if last is not None and follows and day_off_name(one) == day_off_name(last):
            runs[-1].append(one)
        else:
            runs.append([one])
    return ", ".join(f"{_span(run)} ({day_off_name(run[0])})" for run in runs)


def _span(run: Sequence[DayOff]) -> str:
    last = f"{weekday_name(run[-1].day)} {day_text(run[-1].day, with_year=True)}"
    return last if len(run) == 1 else f"{weekday_name(run[0].day)} {day_text(run[0].day)}–{last}"


def day_text(day: date, *, with_year: bool = False) -> str:
    """``14/3`` or ``14/3/2018``."""
    return f"{day.day}/{day.month}/{day.year}" if with_year else f"{day.day}/{day.month}"


def days_text(slots: Sequence[Slot], *, with_year: bool = False) -> str:
    """``14/3``, ``17–18/9`` or ``30/9–1/10``."""
    if not slots:
        return "—"
    first, last = slots[0].day, slots[-1].day
    end = day_text(last, with_year=with_year)
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    return f"{day_text(first, with_year=with_year and first.year != last.year)}–{end}"


def moment_text(moment: datetime) -> str:
    """``14/3/2019 08:02`` at the centre."""
    at = moment.astimezone(LOCAL_ZONE)
    return f"{day_text(at.date(), with_year=True)} {at:%H:%M}"


def hours_text(slot: Slot) -> str:
    """``7:30–11:30``."""
    start, end = slot.starts_at, slot.ends_at
    return f"{start.hour}:{start.minute:02d}–{end.hour}:{end.minute:02d}"


def clash_text(one: Clash, *, moving: bool = False) -> str:
    """Who or what is taken, by which session and when, and how to cure it.

    ``moving``: the person sits in a session whose time is being changed.
    """
    when = f"{slot_name(one.slot, with_year=True)} ({hours_text(one.slot)})"
    if one.kind == "room":
        return _("Phòng “%(name)s” đã dành cho lớp %(code)s vào %(when)s. Chọn phòng hoặc buổi "
                 "khác.", name=one.name, code=one.code, when=when)
    if one.kind == "trainer":
        return _("“%(name)s” đã phụ trách lớp %(code)s vào %(when)s. Chọn người hoặc buổi khác.",
                 name=one.name, code=one.code, when=when)
    if moving:
        return _("%(name)s đã có trong lớp %(code)s vào %(when)s. Chọn buổi khác, hoặc rút tên "
                 "người này khỏi một trong hai lớp trước.", name=one.name, code=one.code, when=when)
    return _("%(name)s đã có trong lớp %(code)s vào %(when)s. Bỏ chọn người này hoặc đổi lớp.",
             name=one.name, code=one.code, when=when)


def _people(error: PeopleError) -> str:
    shown = ", ".join(error.names[:3])
    if len(error.names) > 3:
        shown = _("%(names)s và %(n)s người nữa", names=shown, n=len(error.names) - 3)
    if error.code == "already_enrolled":
        return _("%(names)s đã có trong lớp %(code)s. Bỏ chọn rồi làm lại.",
                 names=shown, code=error.about)
    return _("%(names)s chưa học đủ chuyên đề bắt buộc trước: %(code)s. Bỏ chọn, hoặc cử học "
             "chuyên đề đó trước.", names=shown, code=error.about)


def explain(error: KioskError) -> str:
    """What was refused and how to cure it."""
    if isinstance(error, ClashError):
        return clash_text(error.clashes[0])
    if isinstance(error, PeopleError):
        return _people(error)
    texts = {
        "session_unnamed": _("Nhập mã lớp, ví dụ TH-07."),
        "session_code_taken": _("Mã lớp này đã có. Đặt mã khác."),
        "course_unknown": _("Chọn một chuyên đề trong danh sách."),
        "no_half_days": _("Chọn ít nhất một buổi: nhập ngày rồi đánh dấu sáng hoặc chiều."),
        "half_day_twice": _("Có một buổi được nhập hai lần. Xoá bớt một dòng."),
        "half_days_overlap": _("Buổi chiều ngày %(day)s bắt đầu trước khi buổi sáng kết thúc. Sửa giờ của "
                               "một trong hai buổi.", day=error.detail),
        "capacity": _("Số chỗ từ 1 đến 500, hoặc để trống nếu không giới hạn."),
        "session_full": _("Lớp chỉ còn %(n)s chỗ. Chọn ít người hơn, hoặc cho người dư vào danh "
                          "sách chờ.", n=error.detail),
        "session_over": _("Buổi cuối của lớp đã qua (%(day)s) nên không đổi danh sách được nữa.",
                          day=error.detail),
        "enrolment_move": _("Tình trạng của người này vừa đổi. Tải lại trang rồi làm lại."),
        "past_date": _("Ngày %(day)s đã qua hoặc buổi đã bắt đầu. Chọn ngày khác.", day=error.detail),
        "half_day_hours": _("Giờ của ngày %(day)s không hợp lý: buổi sáng kết thúc trước 12 giờ 30, "
                            "buổi chiều bắt đầu từ 12 giờ, giờ kết thúc phải sau giờ bắt đầu.", day=error.detail),
        "capacity_below_seated": _("Lớp đã có %(n)s người. Số chỗ không được ít hơn.",
                                   n=error.detail),
        "half_day_marked": _("Buổi ngày %(day)s đã điểm danh nên không bỏ được, chỉ dời được.",
                             day=error.detail),
        "checkin_unreadable": _("Mã điểm danh gồm 6 chữ số trên màn hình phòng học."),
        "checkin_too_many": _("Nhập sai quá nhiều lần. Chờ 5 phút, hoặc nhờ người phụ trách điểm danh."),
        "checkin_none_open": _("Lúc này anh/chị không có buổi học nào đang điểm danh. Điểm danh mở "
                               "từ 30 phút trước giờ học đến hết buổi."),
        "checkin_expired": _("Mã này đã hết hạn. Nhập mã đang hiện trên màn hình."),
        "checkin_other_session": _("Mã này của lớp %(code)s, anh/chị không có trong danh sách lớp đó. "
                                   "Báo người phụ trách.", code=error.detail),
        "checkin_wrong": _("Mã không đúng. Xem lại màn hình phòng học của buổi này."),
        "checkin_marked": _("Người phụ trách đã ghi anh/chị vắng buổi này. Báo người phụ trách để sửa."),
        "email_unreadable": _("“%(v)s” không phải địa chỉ thư. Nhập như ten@coquan.gov.vn.",
                              v=error.detail),
        "reaction_spent": _("Đường dẫn này đã được dùng. Mỗi người góp ý một lần cho mỗi lớp."),
        "reaction_early": _("Chưa đến lúc góp ý. Góp ý mở từ 30 phút trước khi buổi cuối kết thúc."),
        "reaction_closed": _("Góp ý về lớp này đã đóng."),
        "reaction_not_attended": _("Chỉ người có mặt ít nhất một buổi mới góp ý về lớp. Nếu đã dự, "
                                   "báo người phụ trách sửa điểm danh."),
        "reaction_unreadable": _("Câu trả lời không đọc được. Chọn lại từ câu đầu."),
        "reaction_unfinished": _("Còn câu chưa trả lời."),
        "letterhead_missing": _("Nhập cơ quan ban hành, nơi ký và chức danh người ký."),
        "letterhead_long": _("Mỗi dòng đầu trang không quá %(n)s chữ.", n=error.detail),
        "cost": _("Kinh phí từ 0 đồng trở lên."),
        "valid_months": _("Thời hạn từ 1 đến 240 tháng, hoặc để trống nếu không hạn."),
        "prerequisite_circle": _("Chuyên đề %(code)s sẽ phải học trước chính nó. Bỏ bớt một chuyên đề.",
                                 code=error.detail),
        "resource_unnamed": _("Nhập tên."),
        "resource_alike": _("Đã có “%(name)s”. Nếu là một, nhập đúng như vậy; nếu khác, đặt tên cho "
                            "phân biệt rõ.", name=error.detail),
        "resource_retired": _("“%(name)s” không còn dùng. Chọn phòng hoặc người khác.", name=error.detail),
        "resource_in_use": _("Lớp sắp tới còn dùng tên này: %(codes)s. Đổi phòng hoặc người dạy của lớp "
                             "trước.", codes=error.detail),
        "course_certified": _("Đã cấp chứng nhận mang tên “%(name)s” nên tên giữ nguyên. Nội dung khác thì "
                              "thêm chuyên đề mới.", name=error.detail),
        "pass_mark_used": _("Đã có lớp xét kết quả theo cách này nên không đổi được. Cách xét khác thì thêm "
                            "chuyên đề mới và thôi dùng chuyên đề này."),
        "room_too_small": _("Phòng này chỉ có %(n)s chỗ ngồi. Nhập số chỗ từ 1 đến %(n)s.",
                            n=error.detail),
        "plan_figures": _("Số lớp, số chỗ và kinh phí là số không âm."),
        "draw_sessions": _("Chọn từ hai lớp chưa tổ chức trở lên, cùng một chuyên đề."),
        "draw_seats": _("Các lớp đã chọn còn %(n)s chỗ, ít hơn số người. Tăng số chỗ hoặc bớt người.",
                        n=error.detail),
        "draw_people": _("Cần ít nhất mỗi lớp một người. Chọn thêm đơn vị."),
        "officer_unknown": _("Chọn ít nhất một cán bộ trong danh sách."),
        "session_closed": _("Lớp đã tổ chức hoặc đã huỷ nên không đổi được kế hoạch và danh sách."),
        "session_cancelled": _("Lớp đã huỷ nên không ghi được gì thêm."),
        "held_before_start": _("Buổi cuối chưa bắt đầu. Xác nhận đã tổ chức khi buổi cuối đã đến."),
        "attendance_before_half_day": _("Buổi này chưa bắt đầu nên chưa điểm danh được."),
        "result_before_half_day": _("Chưa đến buổi kiểm tra nên chưa nhập điểm được."),
        "mark_unknown": _("Chọn một mức điểm danh trong danh sách."),
        "mark_out_of_range": _("“%(v)s” ngoài thang 0–10. Nhập lại, ví dụ 8,5.", v=error.detail),
        "mark_unreadable": _("“%(v)s” không đọc được. Nhập số từ 0 đến 10, ví dụ 8,5, hoặc “vắng”.",
                             v=error.detail),
        "mark_not_removable": _("Điểm đã ghi không xoá được, chỉ sửa được. Nhập điểm mới hoặc “vắng”."),
        "no_test": _("Lớp này không có bài kiểm tra."),
        "reason_needed": _("Ghi lý do."),
        "course_unnamed": _("Nhập mã và tên chuyên đề."),
        "course_code_taken": _("Mã chuyên đề này đã có. Đặt mã khác."),
        "course_hours": _("Số giờ phải lớn hơn 0 và không quá 400."),
        "pass_mark": _("Điểm đạt từ 0 đến 10."),
        "absentee_not_completed": _("Người vắng buổi nào thì chưa được ghi là học đủ."),
        "session_not_held": _("Lớp chưa được xác nhận đã tổ chức."),
        "certificate_stands": _("Chứng nhận này chưa bị thu hồi nên không cấp lại được."),
        "certificate_revoked": _("Chứng nhận này đã bị thu hồi rồi."),
        "requirement_target": _("Chọn yêu cầu với ai trong danh sách."),
        "requirement_twice": _("Yêu cầu này đang có hiệu lực rồi."),
        "exemption_past": _("Ngày hết miễn đã qua. Nhập một ngày từ hôm nay trở đi."),
        "norm_hours": _("Định mức từ trên 0 đến 400 giờ."),
        "effect_moved": _("Đã có ước lượng mới hơn. Đọc lại rồi công bố."),
        "effect_published": _("Ước lượng này đã được công bố."),
        "checklist_items": _("Tối đa %(n)s mục, mỗi mục khác nhau và không quá 200 chữ.", n=error.detail),
        "checklist_needed": _("Số mục cần đạt trong khoảng %(n)s, hoặc đánh dấu ít nhất một mục bắt buộc.",
                              n=error.detail),
        "checklist_none": _("Lớp này không có phần thực hành."),
        "checklist_item": _("Chọn đạt hoặc chưa đạt cho một mục trong danh mục."),
        "checklist_not_passed": _("Chưa đạt phần thực hành nên chưa được ghi là học đủ."),
        "test_not_passed": _("Điểm cuối khoá chưa đạt nên chưa được ghi là học đủ."),
    }
    return str(texts.get(error.code) or _("Chưa làm được việc này (mã %(code)s).", code=error.code))


def initials(full_name: str) -> str:
    """The letters of an avatar: of the last two words, as names are called."""
    return "".join(word[0] for word in full_name.split()[-2:]).upper()
