import type { BookingRule, Demand } from './booking-rule.ts';

/** Configuration parameters of a request by name; the institution apart. */
export type ConfigurationParameters = Readonly<Record<string, string>>;

/** The first demand that the parameters do not meet; undefined when they meet all of them. */
export function unmetDemand(
  { demands }: Pick<BookingRule, 'demands'>,
  parameters: ConfigurationParameters,
): Demand | undefined {
  return demands.find((demand) => valueOf(parameters, demand.parameter) !== demand.value);
}

/** A parameter's value, if the request itself has it. */
export function valueOf(parameters: ConfigurationParameters, name: string): string | undefined {
  return Object.hasOwn(parameters, name) ? parameters[name] : undefined;
}
