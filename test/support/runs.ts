/** How many cases a property is tried on: `npm run fuzz` multiplies it. */
const times = Number(globalThis.process?.env?.FUZZ ?? 1);

export const runs = (cases: number): number => cases * times;
