import { createHmac } from 'node:crypto';
import type { Role } from '../../contract/wire.ts';

/** How long a login code works, in seconds. */
export const codeLife = 300;
/** How long an onboarding code works, in seconds. It is longer, because the driver must tell it to the transporter. */
export const onboardingCodeLife = 600;
/** Seconds. */
export const cooldown = 30;
export const sendWindow = 600;
export const sendsPerWindow = 3;
/** Counted from the first wrong code. */
export const lockWindow = 600;
export const attemptsPerWindow = 5;

/** Who a code belongs to. A driver's login code belongs to the driver, though it goes to the transporter. */
export interface CodeAccount {
  readonly phone: string;
  readonly role: Role;
}

/** What a code is for, and for whom. */
export interface CodeSubject {
  readonly account: CodeAccount;
  /** Its key in Redis. The other keys of the code lie in the same hash slot. */
  readonly key: string;
  /** The prefix of the keys beside the code. */
  readonly beside: string;
  /** The prefix of the keys for the cooldown and the number of codes sent. Other subjects may share them. */
  readonly sendings: string;
  readonly lifeSeconds: number;
  /** What must still be the same when the code is used. */
  readonly boundTo: string;
}

export function loginSubject(phone: string, role: 'customer' | 'transporter'): CodeSubject {
  const keys = ownKeys(`otp:${phone}:${role}`);
  return { account: { phone, role }, ...keys, lifeSeconds: codeLife, boundTo: '' };
}

/** P15: a driver who has changed fleets since cannot use the code: it went to the former transporter. */
export function driverSubject(
  driverPhone: string,
  driver: { readonly id: string; readonly transporterId: string },
): CodeSubject {
  const boundTo = `${driver.id} ${driver.transporterId}`;
  const keys = ownKeys(`driver-otp:${driverPhone}`);
  return { account: driverBy(driverPhone), ...keys, lifeSeconds: codeLife, boundTo };
}

/**
 * With the code a driver consents to one transporter. No other transporter can use it, block it by wrong tries, or
 * replace it. P14: codes sent are counted per phone, over all transporters. So the phone is the hash tag of these keys.
 */
export function onboardingSubject(driverPhone: string, transporterId: string): CodeSubject {
  const phone = `driver-onboard:{${driverPhone}}`;
  const key = `${phone}:${transporterId}`;
  return {
    account: driverBy(driverPhone),
    key,
    beside: key,
    sendings: phone,
    lifeSeconds: onboardingCodeLife,
    boundTo: '',
  };
}

function driverBy(phone: string): CodeAccount {
  return { phone, role: 'driver' };
}

function ownKeys(key: string) {
  return { key, beside: `{${key}}`, sendings: `{${key}}` };
}

/** A random whole number below `limit`, from a CSPRNG. All numbers are equally likely. */
export type RandomBelow = (limit: number) => number;

export function newCode(randomBelow: RandomBelow): string {
  return String(randomBelow(1_000_000)).padStart(6, '0');
}

/** P13: the digest that is stored instead of a code. It has a key, because a million codes could soon be tried. */
export function digestOf(key: Uint8Array, subject: CodeSubject, code: string): string {
  return createHmac('sha256', key)
    .update(`${subject.key}\n${subject.boundTo}\n${code}`)
    .digest('hex');
}
