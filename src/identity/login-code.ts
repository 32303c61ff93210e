import { createHmac } from 'node:crypto';

/** Seconds. */
export const codeLife = 300;
export const cooldown = 30;
export const sendWindow = 600;
export const sendsPerWindow = 3;
/** From the first wrong code on. */
export const lockWindow = 600;
export const attemptsPerWindow = 5;

/** Who may log in with a code. */
export interface CodeSubject {
  /** Its key in Redis. What else is kept of it lies under `{key}:…`, in the same slot. */
  readonly key: string;
  /** What must still be so when the code is used. */
  readonly boundTo: string;
}

export function loginSubject(phone: string, role: 'customer' | 'transporter'): CodeSubject {
  return { key: `otp:${phone}:${role}`, boundTo: '' };
}

/** P15: who changed fleets since the code was sent cannot use it: it went to the former transporter. */
export function driverSubject(
  driverPhone: string,
  driver: { readonly id: string; readonly transporterId: string },
): CodeSubject {
  return { key: `driver-otp:${driverPhone}`, boundTo: `${driver.id} ${driver.transporterId}` };
}

/** A whole number below `limit`, each as likely as another: from a CSPRNG. */
export type RandomBelow = (limit: number) => number;

export function newCode(randomBelow: RandomBelow): string {
  return String(randomBelow(1_000_000)).padStart(6, '0');
}

/** P13: what stands at rest in the place of a code. A million codes are soon tried: hence the key. */
export function digestOf(key: Uint8Array, subject: CodeSubject, code: string): string {
  return createHmac('sha256', key)
    .update(`${subject.key}\n${subject.boundTo}\n${code}`)
    .digest('hex');
}
