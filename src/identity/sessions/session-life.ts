/** How long a login lasts, in days. */
export const sessionDays = 30;
