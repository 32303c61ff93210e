/** Says whether we may ship what we depend on. */
import lock from '../package-lock.json' with { type: 'json' };
import { refusedLicences } from './licences/refused-licences.ts';

const refused = refusedLicences(lock);
for (const each of refused) console.error(each);
if (refused.length > 0) {
  console.error(
    'Nobody has accepted these licences. Choose another package, or say in tools/licences/refused-licences.ts why it may be used.',
  );
  process.exitCode = 1;
} else {
  console.log('The licences of all packages are accepted.');
}
