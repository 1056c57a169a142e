//! What happens to segments between the sender and the capture file: each is a share of the data segments.

use super::random::Random;

#[derive(Debug, Clone, Copy, Default)]
pub struct Disorder {
    /// Delivered, but never captured.
    pub loss: f64,
    /// Lost before the capture point: only the retransmission is seen, a round trip late.
    pub late: f64,
    /// Overtaken by the segments after it.
    pub reorder: f64,
    /// Captured twice.
    pub retransmit: f64,
    /// Followed by a segment that repeats a part of it and of its neighbours.
    pub overlap: f64,
    /// Followed by the same range with other bytes: the first copy is what the receiver took.
    pub conflict: f64,
    /// Share of connections that began before the capture.
    pub midstream: f64,
}

/// What happens to one segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Arrives,
    Lost,
    Late,
    Overtaken,
    Repeated,
    Overlapped,
    Contradicted,
}

impl Disorder {
    pub fn fate(&self, random: &mut Random) -> Fate {
        let mut draw = random.unit();
        for (share, fate) in [
            (self.loss, Fate::Lost),
            (self.late, Fate::Late),
            (self.reorder, Fate::Overtaken),
            (self.retransmit, Fate::Repeated),
            (self.overlap, Fate::Overlapped),
            (self.conflict, Fate::Contradicted),
        ] {
            if draw < share {
                return fate;
            }
            draw -= share;
        }
        Fate::Arrives
    }

    /// The same, but nothing is missing and nothing contradicts: every exchange can be rebuilt.
    pub fn without_damage(self) -> Self {
        Self {
            loss: 0.0,
            conflict: 0.0,
            midstream: 0.0,
            ..self
        }
    }
}
