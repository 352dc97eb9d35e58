"""What the words of the manager's pages mean, in plain language."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _

from kiosk_app.accounts.permissions import Data
from kiosk_app.reporting import quality
from kiosk_app.reporting.limits import LIMITS
from kiosk_app.web import access
from kiosk_app.web.manage.surface import blueprint
from kiosk_app.web.presentation import number, percent


def _counts() -> list[tuple[str, str, str]]:
    return [
        ("satisfied", _("Hài lòng"), _("Mức 4 và 5 trên tổng số lượt đánh giá.")),
        ("eligible", _("Lần phục vụ, bước hồ sơ đủ điều kiện"), _(
            "Mỗi bước của một hồ sơ mà người dân có thể đánh giá: tiếp nhận, yêu cầu bổ sung, từ chối, trả "
            "kết quả. Một hồ sơ thường có hai bước.")),
        ("coverage", _("Độ phủ"), _(
            "Số lượt đánh giá trên số lần phục vụ. Im lặng không phải là điểm: khoảng 95%% chỉ nói về "
            "những người đã đánh giá, không nói gì về người không đánh giá. Mục tiêu: %(target)s.",
            target=percent(quality.TARGET, 0))),
        ("released", _("Lượt được tính"), _(
            "Số liệu trên trang chỉ đổi khi có thêm %(n)s lượt mới hoặc khi kỳ khép lại, để không ai đoán "
            "được một người vừa chấm gì. Vì vậy có thể ít hơn số đã ghi nhận vài lượt.",
            n=number(LIMITS.min_count))),
        ("hidden", _("Ẩn"), _(
            "Dưới %(n)s lượt, hoặc giấu cùng để không ai lấy tổng trừ ra được nhóm ít người. Một ô ẩn "
            "không có nghĩa là xấu.", n=number(LIMITS.min_rate_n))),
    ]


def _uncertainty() -> list[tuple[str, str, str]]:
    return [
        ("interval", _("Khoảng tin cậy"), _(
            "Tỷ lệ thật của những người như vậy gần như chắc nằm trong khoảng này; khoảng rộng là vì ít "
            "lượt. Tính theo Wilson; chênh lệch của hai tỷ lệ theo Newcombe.")),
        ("chance", _("Trong dao động ngẫu nhiên"), _(
            "Chênh lệch nhỏ đến mức may rủi cũng tạo ra được. Không nên giải thích, không nên khen hay "
            "phê bình vì nó.")),
        ("clear", _("Giảm rõ, tăng rõ"), _(
            "So một dòng với chính nó ở kỳ trước: chênh quá dao động ngẫu nhiên, kể cả khi đã tính đến "
            "việc so nhiều dòng một lúc.")),
        ("alarm", _("Báo động và báo động giả"), _(
            "Báo động nêu thay đổi kéo dài, theo từng lượt một. Ngưỡng được đặt để mỗi năm có nhiều nhất "
            "ngần ấy lần báo dù không có gì đổi.")),
        ("limits", _("Dải ngẫu nhiên, biểu đồ phễu"), _(
            "Vùng mà các điểm vẫn nằm trong nếu mọi người làm như nhau. Càng ít lượt vùng càng rộng, nên "
            "hình giống cái phễu. T45 là tuần 45 của năm.")),
    ]


def _comparison() -> list[tuple[str, str, str]]:
    return [
        ("adjusted", _("Thô, dự kiến, đã điều chỉnh"), _(
            "Thô là tỷ lệ đếm được. Dự kiến là tỷ lệ người khác đạt khi làm đúng loại hồ sơ ấy. Đã điều "
            "chỉnh là mức chung cộng phần hơn kém dự kiến, để người nhận hồ sơ khó không bị thiệt.")),
        ("reliability", _("Độ tin cậy"), _(
            "Từ 0 đến 1: phần khác biệt giữa các dòng là thật chứ không phải may rủi. Dưới %(least)s thì "
            "không so sánh.", least=number(LIMITS.reliability_compare, 1))),
        ("tier", _("Cao hơn rõ, thấp hơn rõ"), _(
            "So một dòng với những dòng khác trong cùng nhóm. Phải qua cả hai: hơn mức mọi người thường "
            "chênh nhau, và chênh quá %(points)s điểm sau khi trừ phần do may rủi.",
            points=number(100 * LIMITS.delta, 0))),
        ("few", _("Quá ít đồng nghiệp để so"), _(
            "Đơn vị có quá ít cán bộ để biết họ thật sự khác nhau bao nhiêu. Xem số liệu và báo động của "
            "cả đơn vị.")),
    ]


def _quality() -> list[tuple[str, str, str]]:
    return [
        ("entry", _("Quét mã, gõ mã, quầy mời, liên kết"), _(
            "Người dân tới màn hình đánh giá bằng cách nào: quét mã trên giấy hẹn, gõ mã, được quầy gọi "
            "lên máy, hay mở liên kết trên điện thoại. Không cách nào tốt hơn; khác hẳn các nơi khác thì "
            "nên hỏi vì sao.")),
        ("inviting", _("Mời chọn lọc"), _(
            "Khi trả kết quả trễ thì ít người được mời đánh giá hơn khi trả đúng hạn, quá mức ngẫu nhiên.")),
        ("review", _("Dấu hiệu cần xem lại, dấu hiệu cứng"), _(
            "Phép thử thống kê thấy điều khó giải thích bằng may rủi. Cần hai dấu hiệu khác nhau, hoặc "
            "một dấu hiệu cứng như đánh giá từ chính máy của cán bộ. Đó là lý do để xem, không phải kết "
            "luận.")),
        ("unmatched", _("Lượt chưa khớp hồ sơ"), _(
            "Lượt có mã chưa thấy trong dữ liệu hồ sơ: hồ sơ chưa nhập, gõ sai, hoặc mã của nơi khác. "
            "Không mất lượt nào; khớp được thì tính.")),
    ]


@blueprint.get("/glossary")
@access.requires(Data.FIGURES)
def glossary() -> str:
    """Every term with its meaning; each can be linked to."""
    parts = [
        (_("Đếm"), _counts()), (_("Chắc đến đâu"), _uncertainty()),
        (_("So sánh công bằng"), _comparison()), (_("Chất lượng số liệu"), _quality()),
    ]
    return render_template("manage/glossary.html", parts=parts)
