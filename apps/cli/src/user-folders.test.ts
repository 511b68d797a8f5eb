import { describe, expect, it } from "vitest";
import { userFolders } from "./user-folders.js";

describe("the user's folders", () => {
  it("follow the XDG Base Directory Specification", () => {
    expect(userFolders({}, "linux", "/home/ada")).toEqual({
      config: "/home/ada/.config/novywave",
      state: "/home/ada/.local/state/novywave",
      cache: "/home/ada/.cache/novywave",
      runtime: "/home/ada/.local/state/novywave/run",
    });
    expect(
      userFolders(
        {
          XDG_CONFIG_HOME: "/c",
          XDG_STATE_HOME: "/s",
          XDG_CACHE_HOME: "relative",
          XDG_RUNTIME_DIR: "/run/user/7",
        },
        "linux",
        "/home/ada",
      ),
    ).toEqual({
      config: "/c/novywave",
      state: "/s/novywave",
      cache: "/home/ada/.cache/novywave",
      runtime: "/run/user/7/novywave",
    });
  });

  it("follow Apple's conventions on macOS", () => {
    expect(userFolders({ XDG_CONFIG_HOME: "/c" }, "darwin", "/Users/ada")).toEqual({
      config: "/Users/ada/Library/Application Support/NovyWave",
      state: "/Users/ada/Library/Application Support/NovyWave/State",
      cache: "/Users/ada/Library/Caches/NovyWave",
      runtime: "/Users/ada/Library/Application Support/NovyWave/State/run",
    });
  });

  it("can be named one by one", () => {
    expect(
      userFolders(
        { NOVYWAVE_CONFIG_HOME: "/x/config", NOVYWAVE_STATE_HOME: "/x/state" },
        "linux",
        "/home/ada",
      ),
    ).toEqual({
      config: "/x/config",
      state: "/x/state",
      cache: "/home/ada/.cache/novywave",
      runtime: "/x/state/run",
    });
  });
});
