//! `time.Time`: an instant and the zone in which it is shown.
//!
//! The calendar is computed here, over Go's whole range of years; the time-zone database is jiff's.

use std::cmp::Ordering;
use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use jiff::tz::{Dst, TimeZone};

/// Where a time is shown: what Go keeps in a `*time.Location`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Zone {
    /// `time.UTC`
    Utc,
    /// `time.Local`: the zone of the machine.
    Local,
    /// A zone of the database, with the name under which it was asked for.
    Named(Arc<str>, TimeZone),
    /// A fixed offset in seconds east of UTC; the abbreviation may be empty.
    Fixed(i32, Arc<str>),
}

/// An instant with nanoseconds and its zone, one word long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Time(Arc<Moment>);

#[derive(Debug, PartialEq, Eq)]
struct Moment {
    /// Seconds since 1970-01-01 00:00:00 UTC.
    secs: i64,
    nanos: u32,
    zone: Zone,
}

/// A date on the calendar and a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Civil {
    pub(crate) year: i64,
    /// 1 to 12.
    pub(crate) month: i64,
    pub(crate) day: i64,
    pub(crate) hour: i64,
    pub(crate) minute: i64,
    pub(crate) second: i64,
}

pub(crate) const DAY: i64 = 86_400;
const GIGA: i128 = 1_000_000_000;
/// 0001-01-01 00:00:00 UTC, Go's zero time.
const ZERO: i64 = -62_135_596_800;

/// What Go calls the zone of the machine: as the variable `TZ` does, else `Local`, and `UTC` if there is none.
static LOCAL_NAME: LazyLock<String> = LazyLock::new(|| {
    let utc = || "UTC".to_owned();
    let Ok(tz) = std::env::var("TZ") else {
        return if std::path::Path::new("/etc/localtime").exists() { "Local".to_owned() } else { utc() };
    };
    let name = tz.strip_prefix(':').unwrap_or(&tz);
    match name {
        "/etc/localtime" => "Local".to_owned(),
        _ if name.starts_with('/') || !name.is_empty() && Zone::load(name).is_some() => name.to_owned(),
        _ => utc(),
    }
});

impl Zone {
    /// A zone by its name, as `time.LoadLocation` finds it: `""` and `UTC`, `Local`, or a name of the database, in its
    /// own upper and lower case.
    pub fn load(name: &str) -> Option<Zone> {
        match name {
            "" | "UTC" => Some(Zone::Utc),
            "Local" => Some(Zone::Local),
            _ => {
                let tz = TimeZone::get(name).ok().filter(|tz| tz.iana_name() == Some(name))?;
                Some(Zone::Named(Arc::from(name), tz))
            }
        }
    }

    /// What `Location.String` returns.
    pub fn name(&self) -> &str {
        match self {
            Zone::Utc => "UTC",
            Zone::Local => &LOCAL_NAME,
            Zone::Named(name, _) | Zone::Fixed(_, name) => name,
        }
    }

    /// Offset in seconds alone, which asks for no memory.
    fn offset_at(&self, secs: i64) -> i64 {
        match self {
            Zone::Utc => 0,
            Zone::Fixed(offset, _) => i64::from(*offset),
            Zone::Local => TimeZone::system().to_offset(instant(secs)).seconds().into(),
            Zone::Named(_, tz) => tz.to_offset(instant(secs)).seconds().into(),
        }
    }

    /// Offset in seconds, abbreviation and daylight saving at an instant.
    fn at(&self, secs: i64) -> (i64, Arc<str>, bool) {
        match self {
            Zone::Utc => (0, Arc::from("UTC"), false),
            Zone::Local => lookup(&TimeZone::system(), secs),
            Zone::Named(_, tz) => lookup(tz, secs),
            Zone::Fixed(offset, name) => (i64::from(*offset), name.clone(), false),
        }
    }
}

/// The database knows the years to 9999; before and after them it is asked for the nearest instant it knows.
fn instant(secs: i64) -> Timestamp {
    let known = secs.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(known).unwrap_or_default()
}

fn lookup(tz: &TimeZone, secs: i64) -> (i64, Arc<str>, bool) {
    let info = tz.to_offset_info(instant(secs));
    (i64::from(info.offset().seconds()), Arc::from(info.abbreviation()), info.dst() == Dst::Yes)
}

impl Time {
    fn new(secs: i64, nanos: u32, zone: Zone) -> Time {
        Time(Arc::new(Moment { secs, nanos, zone }))
    }

    /// The instant `nanos` after `secs` since 1970, as `time.Unix` makes it: any `nanos` will do.
    pub fn from_unix(secs: i64, nanos: i64, zone: Zone) -> Time {
        let secs = secs.wrapping_add(nanos.div_euclid(1_000_000_000));
        Time::new(secs, nanos.rem_euclid(1_000_000_000) as u32, zone)
    }

    /// The instant of the system's clock reading, shown in UTC.
    pub fn from_system_time(at: std::time::SystemTime) -> Time {
        let nanos = match at.duration_since(std::time::UNIX_EPOCH) {
            Ok(after) => after.as_nanos() as i128,
            Err(before) => -(before.duration().as_nanos() as i128),
        };
        Time::from_unix_nanos(nanos, Zone::Utc)
    }

    /// Go's zero time, 1 January of year 1 in UTC.
    pub fn zero() -> Time {
        Time::new(ZERO, 0, Zone::Utc)
    }

    /// The instant so many nanoseconds after 1970.
    pub(crate) fn from_unix_nanos(nanos: i128, zone: Zone) -> Time {
        let secs = nanos.div_euclid(GIGA);
        let secs = i64::try_from(secs).unwrap_or(if secs < 0 { i64::MIN } else { i64::MAX });
        Time::new(secs, nanos.rem_euclid(GIGA) as u32, zone)
    }

    /// The instant at which `zone` shows the given calendar reading; fields out of range carry over, as in `time.Date`.
    pub(crate) fn from_civil(civil: Civil, nanos: i64, zone: Zone) -> Time {
        let wall = civil.to_secs();
        // As Go does it: the offset is looked up for the reading taken as UTC, and once more with that offset applied.
        let guess = wall.saturating_sub(zone.at(wall).0);
        let secs = wall.saturating_sub(zone.at(guess).0);
        Time::from_unix(secs, nanos, zone)
    }

    /// Whether this is Go's zero time.
    pub fn is_zero(&self) -> bool {
        self.0.secs == ZERO && self.0.nanos == 0
    }

    /// Seconds since 1970.
    pub fn unix(&self) -> i64 {
        self.0.secs
    }

    /// Nanoseconds within the second.
    pub fn nanosecond(&self) -> u32 {
        self.0.nanos
    }

    /// Nanoseconds since 1970.
    pub fn unix_nanos(&self) -> i128 {
        i128::from(self.0.secs) * GIGA + i128::from(self.0.nanos)
    }

    /// The zone in which it is shown.
    pub fn zone(&self) -> &Zone {
        &self.0.zone
    }

    /// Since when the zone has had the offset that it has at this instant, the first result of `Time.ZoneBounds`; Go's
    /// zero time if it never had another.
    pub(crate) fn zone_start(&self) -> Time {
        let tz = match self.zone() {
            Zone::Named(_, tz) => tz.clone(),
            Zone::Local => TimeZone::system(),
            Zone::Utc | Zone::Fixed(..) => return Time::zero(),
        };
        // What begins at this very instant counts, and iterating leaves it out.
        let after =
            self.0.secs.saturating_add(1).clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
        let before = Timestamp::from_second(after).ok().and_then(|after| tz.preceding(after).next());
        before.map_or_else(Time::zero, |change| {
            Time::from_unix(change.timestamp().as_second(), 0, self.zone().clone())
        })
    }

    /// The same instant shown in another zone.
    #[must_use]
    pub fn within(&self, zone: Zone) -> Time {
        Time::new(self.0.secs, self.0.nanos, zone)
    }

    /// `Time.Add`
    #[must_use]
    pub fn add(&self, duration: i64) -> Time {
        Time::from_unix_nanos(self.unix_nanos() + i128::from(duration), self.0.zone.clone())
    }

    /// `Time.Sub`: the nanoseconds from `earlier` to this, held at the limits of a duration.
    pub fn sub(&self, earlier: &Time) -> i64 {
        let nanos = self.unix_nanos() - earlier.unix_nanos();
        i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX })
    }

    /// Which instant is earlier, whatever the zones.
    pub fn compare(&self, other: &Time) -> Ordering {
        (self.0.secs, self.0.nanos).cmp(&(other.0.secs, other.0.nanos))
    }

    /// Offset in seconds east of UTC, and the zone's abbreviation (empty when it has none).
    pub fn offset(&self) -> (i64, Arc<str>) {
        let (offset, name, _) = self.0.zone.at(self.0.secs);
        (offset, name)
    }

    /// Whether daylight saving is in force.
    pub(crate) fn is_dst(&self) -> bool {
        self.0.zone.at(self.0.secs).2
    }

    /// What calendar and clock of the zone show.
    pub(crate) fn civil(&self) -> Civil {
        Civil::from_secs(self.0.secs.saturating_add(self.0.zone.offset_at(self.0.secs)))
    }
}

impl Civil {
    /// Seconds since 1970 if this were UTC. Fields out of range carry over.
    pub(crate) fn to_secs(self) -> i64 {
        let months = self.month.saturating_sub(1);
        let year = self.year.saturating_add(months.div_euclid(12));
        let days =
            days_from_civil(year, months.rem_euclid(12) + 1, 1).saturating_add(self.day.saturating_sub(1));
        days.saturating_mul(DAY)
            .saturating_add(self.hour.saturating_mul(3600))
            .saturating_add(self.minute.saturating_mul(60))
            .saturating_add(self.second)
    }

    pub(crate) fn from_secs(secs: i64) -> Civil {
        let (year, month, day) = civil_from_days(secs.div_euclid(DAY));
        let of_day = secs.rem_euclid(DAY);
        Civil { year, month, day, hour: of_day / 3600, minute: of_day / 60 % 60, second: of_day % 60 }
    }

    /// Days since 1970.
    pub(crate) fn days(self) -> i64 {
        days_from_civil(self.year, self.month, self.day)
    }

    /// 0 is Sunday.
    pub(crate) fn weekday(self) -> i64 {
        (self.days() + 4).rem_euclid(7)
    }

    /// 1 is 1 January.
    pub(crate) fn year_day(self) -> i64 {
        self.days() - days_from_civil(self.year, 1, 1) + 1
    }

    /// Year and number of the ISO 8601 week.
    pub(crate) fn iso_week(self) -> (i64, i64) {
        // The week belongs to the year of its Thursday.
        let thursday = self.days() + 3 - (self.weekday() + 6) % 7;
        let (year, _, _) = civil_from_days(thursday);
        (year, (thursday - days_from_civil(year, 1, 1)) / 7 + 1)
    }
}

/// Days from 1970-01-01 on the proleptic Gregorian calendar, counted in eras of 400 years that start in March.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = year.clamp(-292_000_000_000, 292_000_000_000) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}
