-- SPDX-License-Identifier: MIT
-- GHC's thunks, in an array of them: on the garbage collected heap, shared by
-- threads. Nothing is dropped by hand; what collecting costs is in the loops in
-- which it happens. The talk is loops.h's.
module Main (main) where

import Control.Exception (evaluate)
import Control.Monad (forM_, when)
import Data.Array.IO (IOArray, newArray, readArray, writeArray)
import GHC.Clock (getMonotonicTimeNSec)
import System.IO

type Handles = IOArray Int Int

work :: Int -> Int
work x = x + 1
{-# NOINLINE work #-}

-- Its result is a thunk: the array is lazy in its elements.
create :: Handles -> Int -> Int -> IO ()
create handles i x = writeArray handles i (work x)
{-# INLINE create #-}

loop :: Int -> (Int -> IO ()) -> IO ()
loop count act = go 0
  where
    go i = when (i < count) $ act i >> go (i + 1)
{-# INLINE loop #-}

benchCreate, benchFirstWait, benchHit, benchLife :: Handles -> Int -> IO ()
benchCreate handles count = loop count $ \i -> create handles i i
benchFirstWait handles count = loop count $ \i ->
  readArray handles i >>= evaluate >> pure ()
benchHit handles count = loop count $ \_ ->
  readArray handles 0 >>= evaluate >> pure ()
benchLife handles count = loop count $ \i -> do
  create handles 0 i
  _ <- readArray handles 0 >>= evaluate
  pure ()
{-# NOINLINE benchCreate #-}
{-# NOINLINE benchFirstWait #-}
{-# NOINLINE benchHit #-}
{-# NOINLINE benchLife #-}

timed :: IO () -> IO Double
timed act = do
  begin <- getMonotonicTimeNSec
  act
  end <- getMonotonicTimeNSec
  pure (fromIntegral (end - begin))

measure :: Handles -> String -> Int -> Int -> IO Double
measure handles op count times = do
  took <- case op of
    "hit" -> do
      create handles 0 0
      _ <- readArray handles 0 >>= evaluate
      timed (benchHit handles (count * times))
    "life" -> timed (benchLife handles (count * times))
    _ -> sum <$> mapM (const step) [1 .. times]
  forM_ [0 .. count - 1] $ \i -> writeArray handles i 0
  pure took
  where
    step = do
      created <- timed (benchCreate handles count)
      waited <- timed (benchFirstWait handles count)
      pure (if op == "create" then created else waited)

most :: Int
most = 2 ^ (20 :: Int)

ops :: String
ops = "create first-wait life hit"

answer :: Handles -> String -> IO String
answer handles line = case words line of
  ["ops"] -> pure ops
  [op, count, times]
    | op `elem` words ops, read count <= most ->
        show . (round :: Double -> Int)
          <$> measure handles op (read count) (read times)
  _ -> pure ("no operation, count and times: " ++ line)

main :: IO ()
main = do
  hSetBuffering stdout LineBuffering
  handles <- newArray (0, most - 1) 0
  let talk = do
        end <- isEOF
        when (not end) $ getLine >>= answer handles >>= putStrLn >> talk
  talk
