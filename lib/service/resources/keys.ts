import type { CodeKey } from '../../data/code-key.ts';
import type { SigningKeys } from '../../data/signing-keys.ts';
import type { TripCodeKey } from '../../data/trip-code-key.ts';
import type { Provisions } from '../../parts/provision.ts';

export interface KeysProps {
  readonly signingKeys: SigningKeys;
  readonly codeKey: CodeKey;
  readonly tripCodeKey: TripCodeKey;
}

type Keys =
  | 'signing-keys'
  | 'public-keys'
  | 'code-key'
  | 'trip-code-key'
  | 'key-rotation'
  | 'key-minting';

/** Access to the keys: to use one of them, or to make them. */
export function keyProvisions({ signingKeys, codeKey, tripCodeKey }: KeysProps): Provisions<Keys> {
  const bothHalves = {
    SIGNING_KEYS_SECRET_ARN: signingKeys.privateKeys.secretArn,
    PUBLIC_KEYS_SECRET_ARN: signingKeys.publicKeys.secretArn,
  };
  return {
    'signing-keys': {
      variables: { SIGNING_KEYS_SECRET_ARN: signingKeys.privateKeys.secretArn },
      grant: (to) => signingKeys.grantSign(to),
    },
    'public-keys': {
      variables: { PUBLIC_KEYS_SECRET_ARN: signingKeys.publicKeys.secretArn },
      grant: (to) => signingKeys.grantVerify(to),
    },
    'code-key': {
      variables: { CODE_KEY_SECRET_ARN: codeKey.secret.secretArn },
      grant: (to) => codeKey.grantRead(to),
    },
    'trip-code-key': {
      variables: { TRIP_CODE_SECRET_ARN: tripCodeKey.secret.secretArn },
      grant: (to) => tripCodeKey.grantRead(to),
    },
    'key-rotation': {
      variables: bothHalves,
      grant: (to) => signingKeys.grantMint(to),
    },
    'key-minting': {
      variables: {
        ...bothHalves,
        CODE_KEY_SECRET_ARN: codeKey.secret.secretArn,
      },
      grant: (to) => {
        signingKeys.grantMint(to);
        codeKey.grantMint(to);
      },
    },
  };
}
