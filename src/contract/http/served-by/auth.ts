import {
  createSocketTicket,
  endSession,
  getMe,
  listSessions,
  logOut,
  refreshSession,
  sendDriverLoginCode,
  sendLoginCode,
  verifyDriverLoginCode,
  verifyLoginCode,
} from '../auth/routes.ts';
import {
  getProfile,
  registerDeviceToken,
  unregisterDeviceToken,
  updateCustomerProfile,
  updateTransporterProfile,
} from '../profile/routes.ts';

/** The routes of the function `auth`. */
export const servedByAuth = [
  sendLoginCode,
  verifyLoginCode,
  sendDriverLoginCode,
  verifyDriverLoginCode,
  refreshSession,
  logOut,
  getMe,
  listSessions,
  endSession,
  createSocketTicket,
  getProfile,
  updateCustomerProfile,
  updateTransporterProfile,
  registerDeviceToken,
  unregisterDeviceToken,
] as const;
