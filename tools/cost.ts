/**
 * Writes docs/cost.md and prints what 1,000 orders cost. `--check` says whether the page is what is computed, and changes
 * nothing. `--accept` accepts the cost of 1,000 orders as it is now.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { idleBill, perThousand, scales } from './cost/bill.ts';
import { readAccepted, readCostings, writeAccepted } from './cost/files.ts';
import { objectionsTo } from './cost/guard.ts';
import { costPage } from './cost/page.ts';
import { stageNames } from './cost/stages.ts';

const page = 'docs/cost.md';
const costings = await readCostings();
const text = costPage(costings);
const cost = perThousand(costings.prod);

if (process.argv.includes('--check')) {
  if ((await readFile(page, 'utf8').catch(() => '')) !== text) {
    fail(`${page} is not what is computed. Run "npm run cost".`);
  }
} else {
  await writeFile(page, text);
  for (const name of stageNames) {
    console.log(`${name}: ${idleBill(costings[name]).usd.toFixed(2)} USD a month without orders`);
  }
  for (const scale of scales) {
    console.log(`${scale} orders a day: ${cost[scale].toFixed(2)} USD for 1,000`);
  }
}
if (process.argv.includes('--accept')) {
  const cents = (usd: number) => Number(usd.toFixed(2));
  await writeAccepted({
    per1000Orders: {
      100: cents(cost[100]),
      10000: cents(cost[10_000]),
      1000000: cents(cost[1_000_000]),
    },
  });
}
objectionsTo(cost, await readAccepted()).forEach(fail);

function fail(sentence: string): void {
  console.error(sentence);
  process.exitCode = 1;
}
