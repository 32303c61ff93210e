/**
 * `npm run preflight -- <stage>`: what an account still lacks for a stage, in the order to do it. It only reads. It ends
 * with 1 if something must be done.
 */
import { clientsIn } from './preflight/clients.ts';
import { findingsFor } from './preflight/findings.ts';
import { preflightOptions } from './preflight/options.ts';
import { readAccount } from './preflight/read-account.ts';
import { isReady, report, reportAsJson } from './preflight/report.ts';

try {
  const { stage, json } = preflightOptions(process.argv.slice(2), process.env);
  const findings = findingsFor(stage, await readAccount(stage, clientsIn(stage.region)));
  console.log(json ? reportAsJson(stage.name, findings) : report(stage.name, findings));
  process.exitCode = isReady(findings) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
