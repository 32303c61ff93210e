import { expect, vi } from 'vitest';
import type { WeeloCloud } from '../../../bench/weelo-cloud.ts';
import type { Position } from '../../../src/places/position.ts';
import type { TruckKind } from '../worlds/street.ts';
import { captainApp, customerApp, type App, type Checked } from './app.ts';
import * as answers from './answers.ts';

/** Somebody with an app, who is logged in. */
export interface User {
  readonly id: string;
  readonly phone: string;
  readonly token: string;
  /** Buys a new access token. A driver's app has one, too. */
  readonly refreshToken: string;
  readonly app: App;
}

export interface Vehicle extends TruckKind {
  readonly id: string;
  readonly number: string;
}

const patience = { timeout: 20_000, interval: 20 };

/** The papers of a vehicle, which the Captain app does not ask for. */
export const noPapers = {
  model: null,
  year: null,
  rcNumber: null,
  rcExpiry: null,
  insuranceNumber: null,
  insuranceExpiry: null,
  permitNumber: null,
  permitExpiry: null,
};

/** People who come to a running cloud for the first time. Every request is one that their app makes. */
export function peopleOf(cloud: WeeloCloud) {
  let [phones, plates] = [9_410_000_000, 0];
  const newPhone = () => String((phones += 1));
  const checked: Checked = new Map();
  const customersApp = (token?: string) => customerApp({ origin: cloud.origin, token, checked });
  const captainsApp = (token?: string) => captainApp({ origin: cloud.origin, token, checked });

  const codeSentTo = (phone: string, words: string) =>
    vi.waitFor(() => {
      const sms = cloud.smsTo(phone) ?? '';
      return sms.includes(words) ? sms.slice(0, 6) : expect.fail(`No SMS about ${words}`);
    }, patience);

  async function customer(name: string): Promise<User> {
    const [phone, role] = [newPhone(), 'customer'];
    const stranger = customersApp();
    await stranger.say('POST', 'auth/send-otp', { phone, role }, answers.CodeSent);
    const otp = await codeSentTo(phone, 'login code');
    const body = { phone, otp, role };
    const session = await stranger.say('POST', 'auth/verify-otp', body, answers.Session);
    expect(session).toMatchObject({ isNewUser: true, user: { role, isProfileComplete: false } });
    const { accessToken: token, refreshToken } = session.tokens;
    const app = customersApp(token);
    await app.say('PUT', 'profile/customer', { name }, answers.ProfileAnswer);
    const { profile } = await app.get('profile', answers.ProfileAnswer);
    expect(profile).toMatchObject({ phone, role, name, isProfileComplete: true });
    return { id: session.user.id, phone, token, refreshToken, app };
  }

  async function transporter(name: string): Promise<User> {
    const [phone, role] = [newPhone(), 'transporter'];
    const stranger = captainsApp();
    await stranger.say('POST', 'auth/send-otp', { phone, role }, answers.CodeSent);
    const otp = await codeSentTo(phone, 'login code');
    const body = { phone, otp, role, deviceId: null, deviceName: null };
    const { user, tokens } = await stranger.say('POST', 'auth/verify-otp', body, answers.Session);
    const { accessToken: token, refreshToken } = tokens;
    const app = captainsApp(token);
    const about = { name, email: null, company: null, gstNumber: null, panNumber: null };
    const where = { address: null, city: 'Jaipur', state: null };
    await app.say('PUT', 'profile/transporter', { ...about, ...where }, answers.ProfileAnswer);
    const { user: profile } = await app.get('profile', answers.ProfileAnswer);
    expect(profile).toMatchObject({ phone, role, name });
    await registerPhone(app, user.id);
    return { id: user.id, phone, token, refreshToken, app };
  }

  const registerPhone = (app: App, userId: string) =>
    app.say(
      'POST',
      'notifications/register-token',
      { token: `fcm:${userId}`, deviceType: 'android', deviceId: userId },
      answers.DeviceRegistered,
    );

  async function vehicle({ app }: User, kind: TruckKind, capacity: string): Promise<Vehicle> {
    const number = `RJ14GA${String((plates += 1)).padStart(4, '0')}`;
    const body = { ...noPapers, ...kind, vehicleNumber: number, capacity };
    const { vehicle: made } = await app.say(
      'PUT',
      'vehicles/upsert',
      body,
      answers.RegisteredVehicle,
    );
    return { ...kind, id: made.id, number };
  }

  /** Onboarded with the code from the own phone; logged in with the one that goes to the transporter's. */
  async function driver(owner: User, name: string): Promise<User> {
    const phone = newPhone();
    const license = { licenseNumber: 'RJ14 20200001234', licensePhoto: null, email: null };
    const asked = { phone, name, ...license };
    await owner.app.say('POST', 'driver/onboard/initiate', asked, answers.Onboarding);
    const code = { phone, otp: await codeSentTo(phone, 'to drive for') };
    await owner.app.say('POST', 'driver/onboard/verify', code, answers.Onboarded);

    const stranger = captainsApp();
    const whose = { driverPhone: phone };
    await stranger.say('POST', 'driver-auth/send-otp', whose, answers.DriverCodeSent);
    const otp = await codeSentTo(owner.phone, phone.slice(-4));
    const login = { driverPhone: phone, otp };
    const session = await stranger.say(
      'POST',
      'driver-auth/verify-otp',
      login,
      answers.DriverSession,
    );
    const { accessToken: token, refreshToken } = session;
    const app = captainsApp(token);
    await registerPhone(app, session.driver.id);
    const online = { isOnline: true, currentLocation: null };
    await app.say('PUT', 'driver/availability', online, answers.Online);
    return { id: session.driver.id, phone, token, refreshToken, app };
  }

  /** The transporter goes online, at a place. */
  async function goOnline({ app }: User, { latitude, longitude }: Position): Promise<void> {
    await app.get('transporter/availability', answers.Presence);
    const on = { isAvailable: true };
    await app.say('PUT', 'transporter/availability', on, answers.ChangedPresence);
    const beat = { latitude, longitude, vehicleId: null, isOnTrip: false };
    const beaten = await app.say('POST', 'transporter/heartbeat', beat, answers.Beaten);
    expect(beaten).toMatchObject({ registered: true, isOnTrip: false });
  }

  return {
    customer,
    transporter,
    vehicle,
    driver,
    goOnline,
    /** The code in the newest SMS to a phone that has these words. */
    codeSentTo,
    newPhone,
    customersApp,
    captainsApp,
    checked,
  };
}
