// Opening hours by the centre's wall clock (UTC+7), whatever zone the tablet is set to.

const ZONE = 7 * 3600000;

// Whether the tablet is open at a moment (milliseconds), and when it opens next today.
export function opening(hours, moment) {
  if (!hours || !hours.length) return { open: true, next: "" };
  const local = new Date(moment + ZONE);
  const day = local.getUTCDay() || 7;
  const now = local.toISOString().slice(11, 16);
  const spans = hours.filter((h) => h.days.includes(day)).flatMap((h) => h.spans);
  const open = spans.some((span) => span[0] <= now && now < span[1]);
  const next = spans.map((span) => span[0]).filter((start) => start > now).sort()[0] || "";
  return { open, next };
}
