-- The generic cell rate algorithm (ITU-T I.371). Returns the ms to wait, or 0 if the cost was counted.
local function pass(name, burst, each, cost)
  local found = redis.call('HMGET', name, 'paid_until', 'refused_until')
  local paid, refused = tonumber(found[1] or 0), tonumber(found[2] or 0)
  if refused - now > 0.001 then return refused - now end
  paid = math.max(now, paid) + cost * each
  local wait = paid - now - burst * each
  if wait > 0.001 then
    redis.call('HSET', name, 'refused_until', string.format('%.3f', now + wait))
    redis.call('PEXPIRE', name, math.ceil(burst * each + wait) + 1000)
    return wait
  end
  redis.call('HSET', name, 'paid_until', string.format('%.3f', paid))
  redis.call('PEXPIRE', name, math.ceil(paid - now) + 1000)
  return 0
end
