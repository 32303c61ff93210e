/** When a schedule is due next, in milliseconds since 1970. */
export type NextRun = (after: number) => number;

const RATE = /^rate\((\d+) (second|minute|hour|day)s?\)$/;
const CRON = /^cron\(([^)]+)\)$/;
const UNIT_MS = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const MINUTE_MS = UNIT_MS.minute;
/** Five years of minutes would be slow to walk through; the days are walked first. */
const LONGEST_DAYS = 366 * 5;

/** Reads `rate(2 minutes)` or `cron(0 18 ? * MON-FRI *)`, in UTC as EventBridge has it. */
export function nextRunOf(expression: string): NextRun {
  const [, count, unit] = RATE.exec(expression) ?? [];
  if (count !== undefined && isUnit(unit)) {
    const period = Number(count) * UNIT_MS[unit];
    return (after) => after + period;
  }
  const fields = CRON.exec(expression)?.[1]?.trim().split(/\s+/);
  if (fields?.length === 6) return cronOf(fields);
  throw new Error(`The schedule "${expression}" is neither rate(…) nor cron(…) of six fields.`);
}

function isUnit(unit: string | undefined): unit is keyof typeof UNIT_MS {
  return unit !== undefined && unit in UNIT_MS;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

function cronOf([minute, hour, dayOfMonth, month, dayOfWeek, year]: readonly string[]): NextRun {
  const minutes = numbersIn(minute, 0, 59);
  const hours = numbersIn(hour, 0, 23);
  const daysOfMonth = numbersIn(dayOfMonth, 1, 31);
  const months = numbersIn(month, 1, 12, (name) => MONTHS.indexOf(name) + 1);
  const daysOfWeek = numbersIn(dayOfWeek, 1, 7, (name) => DAYS.indexOf(name) + 1);
  const years = numbersIn(year, 1970, 2199);
  const isDay = (day: Date) =>
    years.has(day.getUTCFullYear()) &&
    months.has(day.getUTCMonth() + 1) &&
    daysOfMonth.has(day.getUTCDate()) &&
    daysOfWeek.has(day.getUTCDay() + 1);
  return (after) => {
    const first = (Math.floor(after / MINUTE_MS) + 1) * MINUTE_MS;
    const midnight = first - (first % UNIT_MS.day);
    for (let day = 0; day < LONGEST_DAYS; day += 1) {
      const start = midnight + day * UNIT_MS.day;
      if (!isDay(new Date(start))) continue;
      for (const each of hours) {
        for (const at of minutes) {
          const run = start + each * UNIT_MS.hour + at * MINUTE_MS;
          if (run >= first) return run;
        }
      }
    }
    return Infinity;
  };
}

/** `*`, `?`, `5`, `1-5`, `0/15`, `1-30/2`, and lists of them, in ascending order. */
function numbersIn(
  field = '*',
  lowest: number,
  highest: number,
  named: (name: string) => number = () => 0,
): ReadonlySet<number> {
  const numberOf = (text: string) => {
    const number = /^\d+$/.test(text) ? Number(text) : named(text.toUpperCase());
    if (number >= lowest && number <= highest) return number;
    throw new Error(`"${text}" is not known to the local cloud in a cron expression.`);
  };
  const all = field.split(',').flatMap((part) => {
    const [range = '*', step] = part.split('/');
    const [from = '*', to] = range.split('-');
    const everything = from === '*' || from === '?';
    const first = everything ? lowest : numberOf(from);
    const open = everything || step !== undefined;
    const last = to === undefined ? (open ? highest : first) : numberOf(to);
    const stride = step === undefined ? 1 : Number(step);
    if (!(stride >= 1)) throw new Error(`"${part}" has no stride that a cron expression can have.`);
    const count = Math.max(0, Math.floor((last - first) / stride) + 1);
    return Array.from({ length: count }, (_, index) => first + index * stride);
  });
  return new Set(all.toSorted((a, b) => a - b));
}
