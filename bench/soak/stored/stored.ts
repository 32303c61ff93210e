import type { Check } from '../check.ts';
import type { Sql } from '../sql.ts';
import type { Claim } from './claim.ts';
import { counters } from './counters.ts';
import { news } from './news.ts';
import { searches } from './searches.ts';
import { trucks } from './trucks.ts';

const claims: readonly Claim[] = [...searches, ...trucks, ...counters, ...news];

/** What the stored rows say, claim by claim. */
export async function checkStored(sql: Sql): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const { name, of, counted, broken } of claims) {
    const [found] = await sql<{ count: number }>(counted);
    const rows = await sql<{ broken: string }>(broken);
    const checked = found?.count ?? 0;
    checks.push({ name, checked, of, broken: rows.map((row) => row.broken) });
  }
  return checks;
}
