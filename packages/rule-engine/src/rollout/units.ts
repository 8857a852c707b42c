/** Who stands before a terminal. */
export interface Identity {
  readonly deviceId: string;
  readonly userId: string | null;
}

/**
 * Which unit each device and user is counted as in staged rollouts, by `device:ID` and `user:ID`.
 * Kept by the terminal, or by a server that several share; plain JSON.
 */
export type Units = Readonly<Record<string, string>>;

/** The unit of an identity, and the units to keep from now on. */
export interface FoundUnit {
  /** What `rollout(...)` is asked with. */
  readonly unit: string;
  readonly units: Units;
}

/**
 * The unit of whoever stands before a terminal. Once given it never changes, so nobody is bucketed
 * anew: a user who logs in on a device that no user took before is counted on as that device was;
 * any other new user begins as a unit of their own.
 */
export function unitOf(units: Units, { deviceId, userId }: Identity): FoundUnit {
  const device = `device:${deviceId}`;
  if (userId === null) return found(units, device, device);
  const user = `user:${userId}`;
  const known = Object.hasOwn(units, user);
  if (known || !Object.hasOwn(units, device)) return found(units, user, user);
  const ofDevice = units[device] ?? device;
  const isTaken = Object.entries(units).some(
    ([key, unit]) => unit === ofDevice && key.startsWith('user:'),
  );
  return found(units, user, isTaken ? user : ofDevice);
}

function found(units: Units, key: string, first: string): FoundUnit {
  const unit = Object.hasOwn(units, key) ? units[key] : undefined;
  if (unit !== undefined) return { unit, units };
  return { unit: first, units: { ...units, [key]: first } };
}
