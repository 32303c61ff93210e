declare module '@fixture/greeting' {
  export const greeting: string;
}
