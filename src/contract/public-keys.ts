import * as z from 'zod';

const PublicKey = z
  .object({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    use: z.literal('sig'),
    alg: z.literal('ES256'),
    kid: z.string(),
    x: z.string(),
    y: z.string(),
  })
  .meta({ id: 'PublicKey', description: 'A JSON Web Key (RFC 7517)' });

export const PublicKeySet = z.object({ keys: z.array(PublicKey) }).meta({ id: 'PublicKeySet' });
