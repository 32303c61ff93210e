import type { Page } from 'playwright-core';

/** It runs in the browser, from before the page's first paint on. Shifts that follow an input are expected, and not noted. */
const observer = `
  window.layoutShifts = [];
  if (PerformanceObserver.supportedEntryTypes.includes('layout-shift')) {
    window.layoutObserver = new PerformanceObserver((list) => {
      for (const { hadRecentInput, startTime, value } of list.getEntries()) {
        if (!hadRecentInput) window.layoutShifts.push({ startTime, value });
      }
    });
    window.layoutObserver.observe({ type: 'layout-shift', buffered: true });
  }
`;

interface Shift {
  /** In milliseconds. */
  readonly startTime: number;
  readonly value: number;
}

/** To be called before the page is opened. */
export const watchLayout = (page: Page): Promise<unknown> => page.addInitScript(observer);

/** The cumulative layout shift since the page was opened. */
export async function layoutShiftOf(page: Page): Promise<number> {
  const shifts = await page.evaluate<readonly Shift[] | undefined>(
    'window.layoutObserver && window.layoutShifts',
  );
  if (!shifts) throw new Error('The browser does not tell of layout shifts');
  return cumulativeShift(shifts);
}

const mostGapMs = 1000;
const longestMs = 5000;

/** As it is defined: the worst stretch of shifts, each less than a second after the one before, five seconds at most. */
export function cumulativeShift(shifts: readonly Shift[]): number {
  let worst = 0;
  let stretch = { begun: -Infinity, last: -Infinity, sum: 0 };
  for (const { startTime, value } of shifts) {
    const goesOn = startTime - stretch.last < mostGapMs && startTime - stretch.begun < longestMs;
    stretch = goesOn
      ? { ...stretch, last: startTime, sum: stretch.sum + value }
      : { begun: startTime, last: startTime, sum: value };
    worst = Math.max(worst, stretch.sum);
  }
  return worst;
}
