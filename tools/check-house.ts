/** Says which imports go against the rooms of the house, and fails when there are any. */
import { walkHouse } from './house/walk.ts';

const { wrongArrows, modules, arrows } = await walkHouse();

for (const each of wrongArrows) console.error(each);
// Without its TypeScript parser the walk sees next to nothing, and finds nothing wrong with it.
if (modules.length < 100) console.error(`Only ${modules.length} modules seen: is @swc/core there?`);
if (wrongArrows.length > 0 || modules.length < 100) process.exitCode = 1;
else console.log(`House: ${modules.length} modules, ${arrows} arrows, none against the rules.`);
