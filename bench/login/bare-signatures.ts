import { generateKeyPairSync, sign, verify } from 'node:crypto';

/** About what is signed of an access token, in bytes. */
const length = 240;

/** ES256 and nothing around it: the key is there, and so is what is signed or checked. */
export function bareSignatures() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const dsaEncoding = 'ieee-p1363';
  const data = Buffer.alloc(length, 'x');
  const make = () => sign('sha256', data, { key: privateKey, dsaEncoding });
  const signature = make();
  return {
    sign: make,
    verify: () => {
      if (!verify('sha256', data, { key: publicKey, dsaEncoding }, signature)) {
        throw new Error('What was signed is not signed');
      }
    },
  };
}
