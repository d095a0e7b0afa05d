import * as ServiceMain from "@optica/telemetry/ServiceMain"
import * as Standalone from "./Standalone.ts"

ServiceMain.run(Standalone.layer)
