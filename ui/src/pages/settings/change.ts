// How the parts of the settings page change a setting.
import type { Preference } from "../../ipc";

/** Changes it and shows the settings as they are then; false, and a toast, if it could not be changed. */
export type Change = (preference: Preference) => Promise<boolean>;
